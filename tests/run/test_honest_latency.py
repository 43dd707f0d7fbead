"""A broker that stands still shows in the latency: all of what was due meanwhile has waited."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from fleetsim_process import PATIENCE, read, rows, start, wait_for

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Protocol

RATE = 5_000
PAUSE = 5.0


def test_a_pause_of_the_broker_is_in_the_latency_of_all_that_was_due_in_it(
    mosquitto: LocalMosquitto, tmp_path: Path
) -> None:
    """A generator that stamps at sending sees a handful of slow messages; the due time shows them all."""
    scenario = tmp_path / "busy.yaml"
    scenario.write_text(
        f"name: busy\nduration: 1d\nrate: {RATE}/s\nworld: {{households: 150}}\n"
        "devices: [{kind: wearable, owners: 1}]\nmqtt: {in_flight: 5}\n"
    )
    folder = tmp_path / "run"
    url = f"mqtt://127.0.0.1:{mosquitto.endpoint(Protocol.MQTT_311).port}"
    process = start("run", scenario, "--broker", url, "-o", folder, "--quiet")
    delivery = folder / "truth" / "delivery.jsonl"
    wait_for(lambda: delivery.exists() and delivery.stat().st_size > 0, "the first messages")
    process_id = mosquitto.process_id
    os.kill(process_id, signal.SIGSTOP)
    try:
        time.sleep(PAUSE)
    finally:
        os.kill(process_id, signal.SIGCONT)
    time.sleep(2.0)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    publish = read(folder / "summary.json")["latency_ms"]["publish"]
    assert publish["max"] >= PAUSE * 1000 * 0.95
    assert publish["p99"] >= PAUSE * 1000 * 0.5
    answered = [row for row in rows(delivery) if row["acked"] is not None and row["sent"] is not None]
    slow_since_due = sum(row["acked"] - row["due"] > 1.0 for row in answered)
    slow_since_sent = sum(row["acked"] - row["sent"] > 1.0 for row in answered)
    assert slow_since_due > 0.5 * RATE * (PAUSE - 1.0), "all of what was due in the pause but its last second"
    assert slow_since_due > 2 * slow_since_sent, "the stamp at sending hides most of it"
