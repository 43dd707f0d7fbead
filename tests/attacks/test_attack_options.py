"""What a scenario can say about attacks, and what it is told when it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from raided import scenario

from simulator.attacks import campaign_of
from simulator.core import plugins
from simulator.core.errors import ScenarioError
from simulator.scenario import load_scenario
from simulator.scenario.model import Scenario

HEAD = "name: raided\ndevices: [{kind: wearable}]\n"

IN_REAL_TIME = {
    *("credential_brute_force", "slow_dos", "id_takeover", "malformed", "qos2_half_open"),
    *("subscription_exhaustion", "slow_subscriber", "publish_flood", "botnet"),
}
"""Those of which a control's windows of real time decide."""


def problems(folder: Path, text: str, overrides: Mapping[str, str] | None = None) -> str:
    file = folder / "raided.yaml"
    file.write_text(HEAD + text)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, overrides)
    return str(caught.value)


@pytest.mark.parametrize("kind", plugins.kinds("simulator.attacks"))
def test_what_is_decided_in_real_time_cannot_be_sped_up(kind: str) -> None:
    assert campaign_of(scenario({"kind": kind}).attacks[0]).wall_time is (kind in IN_REAL_TIME)
    if kind in IN_REAL_TIME:
        for pace in ({"speed": 60}, {"speed": "max"}, {"speed": None, "rate": "100/s"}):
            with pytest.raises(ValueError, match="write speed: 1"):
                scenario({"kind": kind}, **pace)
    else:
        assert scenario({"kind": kind}, speed=60).attacks


def test_the_line_is_named(tmp_path: Path) -> None:
    said = problems(tmp_path, "attacks:\n  - {kind: sybil}\n  - {kind: slow_dos}\n")
    assert "raided.yaml:5" in said
    assert "slow_dos cannot be sped up" in said
    assert "speed: 1" in said


def test_a_speed_on_the_command_line_does_not_help(tmp_path: Path) -> None:
    said = problems(tmp_path, "speed: 1\nattacks: [{kind: id_takeover}]\n", {"speed": "10"})
    assert "id_takeover cannot be sped up" in said


def test_wrong_words_get_a_hint(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        "attacks:\n  - {kind: slow_dosh}\n  - {kind: sybil, devises: 3}\n  - {kind: breach, at: 5}\n"
        "  - {kind: topic_enumeration, credentials: mine}\n  - {kind: false_data, kinds: [toaster]}\n",
    )
    for line, hint in (
        (4, "'slow_dos'"),
        (5, "'devices'"),
        (6, "unit"),
        (7, "stolen"),
        (8, "no device kind is called 'toaster'"),
    ):
        assert any(f"raided.yaml:{line}" in row and hint in row for row in said.splitlines()), (line, said)


@pytest.mark.parametrize(
    "beyond",
    [
        {"kind": "slow_dos", "devices": 901},
        {"kind": "publish_flood", "rate": "5001/s"},
        {"kind": "credential_brute_force", "rate": "51/s"},
        {"kind": "oversize", "largest": (16 << 20) + 1},
        {"kind": "subscription_exhaustion", "filters": 5_001},
        {"kind": "qos2_half_open", "messages": 5_001},
        {"kind": "exfiltration", "bytes": 11},
        {"kind": "sybil", "devices": 901},
        {"kind": "breach", "for": "25h"},
        {"kind": "publish_flood", "for": "61m"},
    ],
)
def test_caps_cannot_be_exceeded(beyond: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="less than or equal"):
        scenario(beyond)


def test_what_a_manifest_holds_can_be_read_again() -> None:
    asked = scenario({"kind": "publish_flood", "at": "5m", "rate": "10/s"}, {"kind": "breach", "for": "2h"})
    assert Scenario.model_validate(asked.model_dump(mode="json")) == asked
