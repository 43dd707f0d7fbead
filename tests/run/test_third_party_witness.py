"""A third-party subscriber receives exactly what the run says it delivered."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fleetsim_process import fleetsim, read, rows, wait_for

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Protocol

NAMES = {"3.1.1": "mqttv311", "5": "mqttv5"}


@contextmanager
def mosquitto_sub(port: int, version: str, log: Path) -> Iterator[Callable[[], list[str]]]:
    """Subscribe with mosquitto_sub, at QoS 1, to all that the fleet sends; gives the ids it has received."""
    command = [
        "mosquitto_sub",
        "-p",
        str(port),
        "-V",
        NAMES[version],
        "-q",
        "1",
        "-t",
        "fleet/#",
        "-t",
        "ready",
    ]

    def received() -> list[str]:
        return [json.loads(line)["id"] for line in log.read_bytes().split(b"\n")[:-1]]

    with log.open("wb") as file, subprocess.Popen(command, stdout=file) as process:
        try:
            # A message on a topic of our own tells when the subscription is in place.
            def ready() -> bool:
                publish = ["mosquitto_pub", "-p", str(port), "-t", "ready", "-m", '{"id": "ready"}']
                subprocess.run(publish, check=True)
                return "ready" in received()

            wait_for(ready, "mosquitto_sub")
            yield lambda: [identifier for identifier in received() if identifier != "ready"]
        finally:
            process.terminate()


@pytest.mark.parametrize("qos", [1, 2])
@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_received_is_acknowledged_is_true(
    version: str, qos: int, mosquitto: LocalMosquitto, evening: Path, tmp_path: Path
) -> None:
    port = mosquitto.endpoint(Protocol.MQTT_311).port
    folder = tmp_path / "run"
    options = ["--set", f"mqtt.version={version}", "--set", f"mqtt.qos={qos}", "-o", folder, "--quiet"]
    with mosquitto_sub(port, version, tmp_path / "received") as received:
        fleetsim("run", evening, "--broker", f"mqtt://127.0.0.1:{port}", *options)
        truth = [row["id"] for row in rows(folder / "truth" / "messages.jsonl")]
        wait_for(lambda: len(received()) >= len(truth), "the last messages")
        ids = received()
    messages = read(folder / "summary.json")["messages"]
    assert len(truth) > 500
    assert len(ids) == messages["acknowledged"] == messages["due"] == len(truth)
    assert set(ids) == set(truth)
    assert len(set(truth)) == len(truth)
    delivered = {row["id"]: row["outcome"] for row in rows(folder / "truth" / "delivery.jsonl")}
    assert delivered == dict.fromkeys(truth, "acknowledged")
