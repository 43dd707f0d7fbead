"""What bounds attacks: a scenario has to name them, and a run's caps hold for them as for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleetsim_process import fleetsim, read, rows

from simulator.broker import LocalMosquitto
from simulator.core.actions import Dial, Raw
from simulator.fleet import Fleet
from simulator.mqtt.reasons import Cause
from simulator.scenario import load_scenario
from simulator.scenario.shipped import shipped

SCENARIO = """\
name: beyond
seed: 5
duration: 3s
speed: 1
world: {households: 12, shops: 1}
mqtt: {clean: true}
devices: [{kind: inventory_sensor, per_shop: 24, report_interval: 1s, rfid_interval: 1s}]
attacks:
  - {kind: slow_dos, at: 0s, for: 2s, devices: 60}
  - {kind: publish_flood, at: 500ms, for: 1s, rate: 1000/s}
  - {kind: oversize, at: 0s, for: 2s, every: 150ms}
"""


@pytest.mark.parametrize("name", shipped())
def test_no_scenario_attacks_that_does_not_name_attacks(name: str) -> None:
    """Nobody is turned, nobody comes from outside, and nothing goes over a raw connection."""
    of = load_scenario(shipped()[name])
    short = of.model_copy(update={"duration": min(of.duration, 600.0)})
    small = short.model_copy(update={"world": of.world.model_copy(update={"households": 12, "shops": 1})})
    quiet = Fleet(small.model_copy(update={"attacks": ()}))
    for action, truth in quiet.stream():
        assert not isinstance(action, Dial | Raw)
        assert truth is None or truth.attack is None
    assert not quiet.outsiders
    assert not quiet.compromised
    assert not list(quiet.campaigns())
    assert not of.attacks or name.endswith("_drill"), "the name of a scenario says that it attacks"


def test_what_a_cap_holds_back_of_an_attack_is_counted_and_the_fleet_has_its_own(
    tmp_path: Path, mosquitto: LocalMosquitto
) -> None:
    scenario, folder = tmp_path / "beyond.yaml", tmp_path / "run"
    scenario.write_text(SCENARIO)
    devices = len(Fleet(load_scenario(scenario)).devices)
    limits = {"connections": devices + 30, "payload_bytes": 100_000, "bytes_per_second": 200_000}
    given = [word for name, value in limits.items() for word in ("--limit", f"{name}={value}")]
    out, _ = fleetsim("run", scenario, "--broker", f"mqtt://127.0.0.1:{mosquitto.port}", *given, "-o", folder)
    summary = read(folder / "summary.json")
    attacks = summary["attacks"]
    assert summary["connections"]["reached"] == summary["connections"]["asked"] == devices
    assert summary["held_back"] == {}
    assert attacks["held_back"].keys() == {Cause.CONNECTION_CAP, Cause.RATE_CAP, Cause.PAYLOAD_CAP}
    assert attacks["held_back"][Cause.CONNECTION_CAP] >= 30
    assert attacks["messages"]["publish_flood"]["dropped"] > 0
    lengths = [row["size"] for row in rows(folder / "truth" / "messages.jsonl")]
    assert max(lengths) > 100_000 + 65_536
    assert "held back:" in " ".join(out.split())
