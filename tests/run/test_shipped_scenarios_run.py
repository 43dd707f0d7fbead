"""Every scenario that comes with Fleetsim runs; scaled down, and as fast as it goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleetsim_process import fleetsim, read

from simulator.core.consent_topics import REGISTRAR
from simulator.scenario import load_scenario, shipped

DRILLS = {name for name in shipped() if load_scenario(name).brokers}
"""They run in real time against brokers of their own, in tests of their own."""


@pytest.mark.parametrize("name", sorted(set(shipped()) - DRILLS))
def test_it_runs_and_delivers_every_message(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    scale = str(6 / scenario.world.households)
    small = (
        "--scale",
        scale,
        "--duration",
        "3h",
        "--speed",
        "max",
        *("--set", "thresholds=[delivered_ratio == 1]"),
        *("--set", "controls=[]", "--set", "taps=[]"),  # too small to judge anything
    )
    fleetsim("run", name, *small, "-o", tmp_path / "run", "--quiet")
    summary = read(tmp_path / "run" / "summary.json")
    assert summary["status"] == "passed"
    assert set(summary["by_kind"]) - {REGISTRAR} == {options.kind for options in scenario.devices}
    assert summary["messages"]["due"] > 50
