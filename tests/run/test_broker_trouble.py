"""What a run says when its broker dies, comes back, or takes too few."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleetsim_process import PATIENCE, fleetsim, read, rows, start, wait_for

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Protocol

OUTCOMES = ("acknowledged", "received", "refused", "dropped", "lost")


@pytest.mark.parametrize("qos", [0, 1])
def test_killed_and_restarted_broker_accounts_for_every_message(
    qos: int, mosquitto: LocalMosquitto, evening: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    url = f"mqtt://127.0.0.1:{mosquitto.endpoint(Protocol.MQTT_311).port}"
    process = start(
        "run", evening, "--broker", url, "--speed", "900", "--set", f"mqtt.qos={qos}", "-o", folder, "--quiet"
    )
    delivery = folder / "truth" / "delivery.jsonl"
    wait_for(lambda: delivery.exists() and delivery.stat().st_size > 0, "the first messages")
    mosquitto.kill()
    mosquitto.start()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + err
    summary = read(folder / "summary.json")
    messages, connections = summary["messages"], summary["connections"]
    assert connections["lost"] > 0
    assert connections["reconnected"] > 0
    assert messages["due"] == sum(messages[outcome] for outcome in OUTCOMES) == len(rows(delivery))
    assert messages["acknowledged" if qos else "received"] > 0
    if qos == 1:
        assert messages["acknowledged"] == messages["due"], "with QoS 1 none is lost"


def test_connections_that_the_broker_does_not_take_are_listed(evening: Path, tmp_path: Path) -> None:
    with LocalMosquitto(extra="max_connections 10\n") as broker:
        url = f"mqtt://127.0.0.1:{broker.endpoint(Protocol.MQTT_311).port}"
        folder = tmp_path / "run"
        fleetsim("run", evening, "--broker", url, "--set", "mqtt.settle=1s", "-o", folder, "--quiet")
    connections = read(folder / "summary.json")["connections"]
    assert connections["asked"] > 10
    assert connections["asked"] - connections["reached"] <= len(connections["unreached"])
    assert all(row["device"] and row["reason"] and row["attempts"] for row in connections["unreached"])


def test_five_thousand_devices_of_one_process_are_connected_and_held(tmp_path: Path) -> None:
    scenario = tmp_path / "many.yaml"
    scenario.write_text(
        "name: many\nduration: 15m\nspeed: 300\n"
        "world: {households: 32, shops: 32, households_per_neighbourhood: 1}\n"
        "devices: [{kind: inventory_sensor, per_shop: 157}]\n"
        "mqtt: {broker: mosquitto, settle: 60s}\n"
        'thresholds: ["connected_ratio == 1", "delivered_ratio == 1"]\n'
    )
    folder = tmp_path / "run"
    fleetsim("run", scenario, "-o", folder, "--quiet")
    connections = read(folder / "summary.json")["connections"]
    assert connections["asked"] == connections["reached"] == 5_024
    assert connections["lost"] == 0
    assert connections["unreached"] == []
