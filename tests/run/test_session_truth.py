"""The truth about sessions: what a run with a broker that dies writes down of each."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from fleetsim_process import PATIENCE, read, rows, start, wait_for

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Protocol


def test_the_history_of_every_session_shows_the_broker_that_was_killed(
    mosquitto: LocalMosquitto, evening: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    url = f"mqtt://127.0.0.1:{mosquitto.endpoint(Protocol.MQTT_311).port}"
    process = start(
        *("run", evening, "--broker", url, "--speed", "900", "--workers", "2"),
        *("--set", "world.households_per_neighbourhood=6", "-o", folder, "--quiet"),
    )
    parts = [folder / "shards" / str(index) / "truth" / "delivery.jsonl" for index in range(2)]
    wait_for(lambda: all(part.exists() and part.stat().st_size for part in parts), "the first messages")
    mosquitto.kill()
    mosquitto.start()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + err
    histories: dict[str, list[str]] = defaultdict(list)
    times: dict[str, list[float]] = defaultdict(list)
    reasons = set()
    for row in rows(folder / "truth" / "sessions.jsonl"):
        histories[row["device"]].append(row["state"])
        times[row["device"]].append(row["at"])
        if row["state"] == "dropped":
            reasons.add(row["reason"])
    connections = read(folder / "summary.json")["connections"]
    assert len(histories) == connections["asked"]
    for history in histories.values():
        assert history[:4] == ["connecting", "connected", "dropped", "backing off"]
        assert history[-3:] == ["connecting", "connected", "ended"]
    assert all(reasons)
    assert all(each == sorted(each) for each in times.values())
    connected = sum(history.count("connected") for history in histories.values())
    assert connected == connections["reached"] + connections["reconnected"]
    assert sum(history.count("dropped") for history in histories.values()) == connections["lost"]
