"""The privacy drill: every reference control gets the verdict that it deserves."""

from __future__ import annotations

from pathlib import Path

from fleetsim_process import read, start

from simulator.scenario import load_scenario

PATIENCE = 400.0
"""Seconds; it takes 70 to 80 on two cores that others use too."""


def test_every_reference_control_gets_its_known_verdict(tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = start("run", "privacy_drill", "-o", run, "--quiet")
    out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + errors
    summary = read(run / "summary.json")
    assert summary["status"] == "passed"
    found = {(one["control"], one["check"]): one["verdict"] for one in summary["verdicts"]}
    assert found == {
        (control.name, check): str(verdict)
        for control in load_scenario("privacy_drill").controls
        for check, verdict in control.expect.items()
    }
    assert all(summary["egress"].values()), "something came out at every tap"
    assert read(run / "verify.json")["join"]["unjoined"] == 0
