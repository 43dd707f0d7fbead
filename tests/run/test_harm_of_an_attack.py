"""Harm to neighbours is measured against the same run without the attack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.core.verdicts import Verdict
from simulator.report import Summary
from simulator.runner import RunSettings, run
from simulator.scenario import Scenario
from simulator.verify import CheckResult, verify

ATTACK = {"kind": "publish_flood", "at": "500ms", "for": "1500ms", "rate": "100/s"}
DELAY = {"kind": "network_latency", "at": "500ms", "for": "1500ms", "delay": "1500ms"}
"""Stands for a broker that an attack keeps busy, on any machine for as long."""


def ran(folder: Path, *attacks: dict[str, Any], faults: tuple[dict[str, Any], ...] = ()) -> Summary:
    of = Scenario.model_validate(
        {
            "name": "neighbours",
            "duration": "2500ms",
            "speed": 1,
            "world": {"households": 2, "shops": 1},
            "devices": [
                {"kind": "inventory_sensor", "per_shop": 120, "report_interval": "1s", "rfid_interval": "1s"}
            ],
            "mqtt": {"broker": "mosquitto", "qos": 1},
            "attacks": attacks,
            "faults": faults,
            "detection": {"latency": "800ms"},
        }
    )
    return run(of, RunSettings(folder))


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run without the attack."""
    folder = tmp_path_factory.mktemp("calm") / "run"
    assert ran(folder).messages.acknowledged > 150
    return folder


def harm(folder: Path, calm: Path) -> dict[str, CheckResult]:
    found = verify(folder, only=["harm"], against=calm, write=False)
    return {one.part: one for one in found.checks}


def test_what_neighbours_wait_for_during_an_attack_is_harm(calm: Path, tmp_path: Path) -> None:
    ran(tmp_path / "run", ATTACK, faults=(DELAY,))
    found = harm(tmp_path / "run", calm)["latency"]
    assert found.verdict is Verdict.FAILED
    assert found.value is not None
    assert found.value > 0.8
    assert found.trials > 100
    assert "in the run without attacks" in found.reason


def test_an_attack_that_nobody_feels_does_none(calm: Path, tmp_path: Path) -> None:
    ran(tmp_path / "run", ATTACK)
    found = harm(tmp_path / "run", calm)
    assert found["latency"].verdict is Verdict.HELD
    assert found["loss"].value == 0.0
