"""A long run needs no more memory and no more descriptors than a short one."""

from __future__ import annotations

import gc
import signal
from pathlib import Path

import pytest
from fleetsim_process import PATIENCE, start, wait_for

from simulator.runner import RunSettings, run
from simulator.scenario import load_scenario


def test_memory_and_descriptors_stay_flat_over_simulated_weeks(tmp_path: Path) -> None:
    """As many messages as this fleet sends in an hour of real time at speed 600, as fast as they go."""
    scenario = tmp_path / "soak.yaml"
    scenario.write_text(
        "name: soak\nduration: 60d\nspeed: max\nwitness: 0.2\nworld: {households: 30, shops: 1}\n"
        "devices:\n  - {kind: wearable, owners: 0.4}\n  - {kind: smart_speaker}\n"
        "  - {kind: inventory_sensor, per_shop: 40}\nmqtt: {broker: mosquitto}\n"
    )
    folder = tmp_path / "run"
    process = start("run", scenario, "-o", folder, "--quiet")
    messages = folder / "truth" / "messages.jsonl"
    samples: list[tuple[int, int]] = []
    for megabytes in (20, 40, 60, 80, 100):
        wait_for(
            lambda size=megabytes: messages.exists() and messages.stat().st_size > size << 20, "more messages"
        )
        assert process.poll() is None, "the run ended too early to tell"
        samples.append((resident(process.pid), descriptors(process.pid)))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    memory = [size for size, _ in samples]
    assert memory[-1] < memory[0] * 1.1 + (4 << 20)
    assert len({count for _, count in samples}) == 1


def resident(process: int) -> int:
    """Return the bytes of a process that are in memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * 4096


def descriptors(process: int) -> int:
    """Return how many descriptors a process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


@pytest.mark.parametrize("transport", ["fast", "paho"])
def test_sessions_that_come_and_go_leave_nothing_to_the_collector_of_cycles(
    transport: str, tmp_path: Path
) -> None:
    """The collector rests during a load, so whatever only it could free would pile up."""
    path = tmp_path / "churn.yaml"
    path.write_text(
        "name: churn\nduration: 10d\nworld: {households: 20, shops: 1}\n"
        "stages: [{shape: steady, for: 3s, rate: 1000/s}]\n"
        "devices: [{kind: wearable, owners: 0.4}, {kind: smart_speaker}]\n"
        f"mqtt: {{broker: mosquitto, transport: {transport}, "
        "churn: {every: 400ms, away: 100ms, share: 0.5}}\n"
        "faults: [{kind: network_resets, at: 1s, for: 10d, every: 300ms, share: 0.3}]\n"
    )
    found: list[int] = []
    summary = run(
        load_scenario(path), RunSettings(tmp_path / "run"), watch=lambda _: found.append(gc.collect())
    )
    assert summary.connections.asked + summary.connections.reconnected > 100
    _before_the_load, *during, _after_it = found
    assert sum(during) == 0
