"""The reference detector beside a real Mosquitto: it sees attacks on connections in the broker's log."""

from __future__ import annotations

from pathlib import Path

from fleetsim_process import fleetsim, read

from simulator.core.verdicts import Verdict
from simulator.scenario import shipped
from simulator.verify import verify

SCENARIO = """\
name: knocked-at
seed: 5
duration: 4s
speed: 1
world: {households: 6, shops: 1}
mqtt: {broker: mosquitto}
devices: [{kind: inventory_sensor, per_shop: 12, report_interval: 1s, rfid_interval: 1s}]
attacks:
  - {kind: malformed, at: 500ms, for: 2s, devices: 2, rate: 20/s}
  - {kind: slow_dos, at: 500ms, for: 3s, devices: 5}
  - {kind: id_takeover, at: 500ms, for: 3s, rate: 3/s}
controls:
  - name: guard
    command: [python, CONTROLS/detector.py]
    ready: {line: ready}
    checks: [detection, false_alarms]
taps: [{name: guard, topics: ["out/guard/#"], settle: 300ms}]
"""


def test_who_attacks_connections_is_told_of(tmp_path: Path) -> None:
    controls = shipped()["privacy_drill"].parent / "controls"
    scenario, folder = tmp_path / "knocked.yaml", tmp_path / "run"
    scenario.write_text(SCENARIO.replace("CONTROLS", str(controls)))
    fleetsim("run", scenario, "-o", folder, "--quiet", code=4)  # so few attackers prove nothing
    assert read(folder / "summary.json")["egress"]["guard"] >= 8
    found = {
        one.check: one
        for one in verify(folder, write=False).checks
        if one.control == "guard" and not one.part
    }
    assert (found["detection"].value, found["detection"].trials) == (1.0, 8)
    assert found["false_alarms"].value == 0.0
    assert found["detection"].verdict is Verdict.UNTRUSTED
