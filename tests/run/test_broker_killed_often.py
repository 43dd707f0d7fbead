"""A broker that is killed again and again under load: nothing is lost, and what was sent twice is counted."""

from __future__ import annotations

import time
from pathlib import Path

from fleetsim_process import PATIENCE, read, rows, start, wait_for

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Protocol

KILLS = 5
BETWEEN = 4.0
"""Seconds from one kill to the next: shorter than the five that a connection has to hold for its device to
begin its backoff anew, so that some back off for half a minute at last, and beyond the end of the load."""

SCENARIO = """\
name: killed-often
seed: 5
duration: 40h
stages: [{shape: steady, rate: 2000/s, for: 20s}]
world: {households: 60, shops: 2}
devices:
  - {kind: wearable, owners: 0.5}
  - {kind: smart_speaker, per_household: 1.0}
  - {kind: inventory_sensor, per_shop: 12}
mqtt: {qos: 1}
thresholds: ["delivered_ratio == 1"]
"""


def test_killed_five_times_under_two_thousand_messages_a_second_nothing_is_lost(
    mosquitto: LocalMosquitto, tmp_path: Path
) -> None:
    scenario, folder = tmp_path / "killed.yaml", tmp_path / "run"
    scenario.write_text(SCENARIO)
    url = f"mqtt://127.0.0.1:{mosquitto.endpoint(Protocol.MQTT_311).port}"
    process = start("run", scenario, "--broker", url, "-o", folder, "--quiet")
    delivery = folder / "truth" / "delivery.jsonl"
    wait_for(lambda: delivery.exists() and delivery.stat().st_size > 0, "the first messages")
    for kill in range(KILLS):
        time.sleep(BETWEEN if kill else 1.0)  # under load
        mosquitto.kill()
        mosquitto.start()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + err
    summary = read(folder / "summary.json")
    messages, connections = summary["messages"], summary["connections"]
    ended = rows(delivery)
    assert messages["due"] == 40_000 == len(ended) == len({row["id"] for row in ended})
    assert messages["acknowledged"] == 40_000, "with QoS 1 none is lost"
    assert messages["duplicated"] == sum(row["attempts"] > 1 for row in ended) > 0
    assert connections["lost"] == connections["reconnected"] >= KILLS
    assert connections["reached"] == connections["asked"]
