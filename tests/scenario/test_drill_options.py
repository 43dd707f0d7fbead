"""The brokers of a drill: what a scenario can say of them, and what is wrong is told with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.core.errors import ScenarioError
from simulator.drill_runner import against
from simulator.scenario import Entry, Scenario, load_scenario

DRILL: dict[str, Any] = {
    "name": "drill",
    "devices": [{"kind": "smart_speaker"}],
    "mqtt": {"broker": "mosquitto"},
    "brokers": [
        {"name": "well", "entry": "tls", "expect": {"authentication": "held"}},
        {"name": "badly", "entry": "open", "expect": {"authentication": "failed"}},
    ],
}


def problem(tmp_path: Path, **changes: Any) -> str:
    """The only problem of a drill with some changes, with the line that it is at."""
    file = tmp_path / "drill.yaml"
    file.write_text(yaml.safe_dump(DRILL | changes, sort_keys=False))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    (only,) = caught.value.problems
    line = int(only.where.rpartition(":")[2])
    return f"{file.read_text().splitlines()[line - 1].strip(' -')} | {only.message}"


def changed(**changes: Any) -> list[dict[str, Any]]:
    return [DRILL["brokers"][0], DRILL["brokers"][1] | changes]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"brokers": changed(entry="opem")}, "entry: opem | entry in brokers[1] must be "),
        ({"brokers": changed(entri="open")}, "entri: open | unknown key 'entri' in brokers[1]"),
        (
            {"brokers": changed(expect={"autentication": "held"})},
            "autentication: held | autentication in brokers[1].expect: no check is called 'autentication'",
        ),
        ({"brokers": changed(expect={"authentication": "hold"})}, "authentication: hold | "),
        ({"brokers": changed(expect={})}, "expect: {} | expect in brokers[1]"),
        (
            {"brokers": changed(limits={"max_conections": 5})},
            "max_conections: 5 | unknown key 'max_conections' in brokers[1].limits; did you mean 'max_conn",
        ),
        ({"brokers": changed(limits={"max_packet_size": 3})}, "max_packet_size: 3 | "),
        ({"brokers": changed(name="well")}, "brokers: | brokers: two of them are called 'well'"),
        ({"brokers": changed(name="Badly")}, "name: Badly | "),
        (
            {"mqtt": {"broker": "embedded"}},
            "brokers: | brokers: each is a Mosquitto of its own, with credentials of its own; write",
        ),
        ({"controls": [{"name": "broker"}]}, "brokers: | brokers: each says what is expected of it"),
        (
            {"thresholds": ["verdict.wel.authentication == held"]},
            "thresholds: | thresholds: nothing can judge 'wel'; did you mean 'well'?",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_line(changes: dict[str, Any], told: str, tmp_path: Path) -> None:
    found = problem(tmp_path, **changes)
    assert found.startswith(told)


def test_another_broker_cannot_be_named_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "drill.yaml"
    file.write_text(yaml.safe_dump(DRILL))
    with pytest.raises(ScenarioError, match="write broker: mosquitto in mqtt"):
        load_scenario(file, {"mqtt.broker": "mqtt://127.0.0.1:1883"})


def test_without_its_brokers_a_drill_is_a_run_like_others(tmp_path: Path) -> None:
    file = tmp_path / "drill.yaml"
    file.write_text(yaml.safe_dump(DRILL))
    assert load_scenario(file, {"brokers": "[]"}).brokers == ()


def test_limits_are_as_wide_as_they_get_unless_they_are_named() -> None:
    well, badly = Scenario.model_validate(
        DRILL | {"brokers": changed(limits={"max_packet_size": 2048})}
    ).brokers
    assert dict(well.limits.settings) == {"max_inflight_messages": 0}
    assert dict(badly.limits.settings) == {"max_inflight_messages": 0, "max_packet_size": 2048}
    assert (well.entry, badly.entry) == (Entry.TLS, Entry.OPEN)


def test_a_run_of_a_drill_judges_its_broker_and_no_other() -> None:
    drill = Scenario.model_validate(
        DRILL
        | {
            "controls": [{"name": "guard", "expect": {"detection": "held"}}],
            "taps": [{"name": "guard", "topics": ["out/guard"]}],
            "thresholds": [
                "delivered_ratio == 1",
                "verdict.well.authentication == held",
                "verdict.badly.authentication == failed",
                "verdict.guard.detection == held",
            ],
        }
    )
    url = "mqtt://127.0.0.1:1"
    run = against(drill, drill.brokers[1], {"broker": url, "credentials": None, "authentication": "none"})
    assert run.brokers == ()
    assert run.mqtt.broker == url
    assert [(control.name, dict(control.expect)) for control in run.controls] == [
        ("guard", {"detection": "held"}),
        ("broker", {"authentication": "failed"}),
    ]
    assert run.thresholds == (
        "delivered_ratio == 1",
        "verdict.broker.authentication == failed",
        "verdict.guard.detection == held",
    )
    assert run.model_copy(update={"mqtt": drill.mqtt, "brokers": drill.brokers}).devices == drill.devices
