"""Stages, witness, churn, hold and a bound on lateness, in whole runs against a real Mosquitto."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fleetsim_process import fleetsim, read, rows

OUTCOMES = ("acknowledged", "received", "refused", "dropped", "lost")


def run(scenario: Path, folder: Path, *options: str, code: int = 0) -> dict[str, Any]:
    fleetsim("run", scenario, "--broker", "mosquitto", *options, "-o", folder, "--quiet", code=code)
    summary = read(folder / "summary.json")
    messages = summary["messages"]
    assert messages["due"] == sum(messages[outcome] for outcome in OUTCOMES)
    assert messages["due"] == len(rows(folder / "truth" / "messages.jsonl"))
    return summary


STAGES = (
    "stages=[{shape: ramp, rate: 200/s, for: 1s}, {shape: steady, rate: 200/s, for: 1s},"
    " {shape: spike, rate: 400/s, for: 1s}]"
)


def test_stages_send_exactly_what_their_area_says(evening: Path, tmp_path: Path) -> None:
    for workers in ("1", "2"):
        summary = run(
            evening, tmp_path / workers, "--set", "speed=null", "--set", STAGES, "--workers", workers,
            "--duration", "6h",
            "--set", "world.households_per_neighbourhood=6",
        )  # fmt: skip
        assert abs(summary["messages"]["acknowledged"] - (100 + 200 + 300)) <= int(workers)
    assert summary["load"] == "3 stages"


def test_stages_by_share_connect_the_fleet_bit_by_bit(evening: Path, tmp_path: Path) -> None:
    stages = "stages=[{shape: steady, connected: 0.3, for: 1s}, {shape: ramp, connected: 1, for: 1s}]"
    summary = run(evening, tmp_path / "run", "--speed", "3600", "--set", stages)
    assert summary["connections"]["reached"] == summary["connections"]["asked"] > 0
    assert summary["connections"]["lost"] == 0


def test_the_witness_receives_all_that_was_acknowledged(evening: Path, tmp_path: Path) -> None:
    summary = run(evening, tmp_path / "run", "--set", "witness=1")
    witness = summary["witness"]
    assert witness["expected"] == witness["received"] == summary["messages"]["acknowledged"]
    assert witness["missing"] == witness["duplicated"] == witness["reordered"] == 0
    assert summary["latency_ms"]["end_to_end"]["p50"] is not None


def test_workers_each_have_a_witness_for_their_share(evening: Path, tmp_path: Path) -> None:
    options = ("--set", "witness=0.5", "--set", "world.households_per_neighbourhood=6", "--workers", "2")
    witness = run(evening, tmp_path / "run", *options)["witness"]
    assert witness["expected"] == witness["received"] > 0


def test_devices_that_leave_and_come_back(evening: Path, tmp_path: Path) -> None:
    churn = "mqtt.churn={every: 500ms, away: 200ms, share: 0.5}"
    summary = run(evening, tmp_path / "run", "--set", churn)
    devices = {row["device"] for row in rows(tmp_path / "run" / "truth" / "messages.jsonl")}
    assert summary["connections"]["asked"] > len(devices), "some connected more than once"
    assert summary["connections"]["lost"] == summary["messages"]["lost"] == 0, "they leave in order"
    dropped = [
        row for row in rows(tmp_path / "run" / "truth" / "delivery.jsonl") if row["outcome"] == "dropped"
    ]
    assert {row["reason"] for row in dropped} <= {"the session has ended"}


def test_hold_keeps_the_connections_after_the_last_message(evening: Path, tmp_path: Path) -> None:
    summary = run(evening, tmp_path / "run", "--speed", "max", "--set", "hold=1s")
    assert summary["seconds"] >= 1


def test_what_the_generator_can_only_send_too_late_is_dropped_and_counted(
    evening: Path, tmp_path: Path
) -> None:
    pace = ("--rate", "1000000/s", "--set", "drop_after=1ms", "--duration", "1h")
    summary = run(evening, tmp_path / "run", *pace)
    assert summary["messages"]["dropped"] > 0
    reasons = [row["reason"] for row in rows(tmp_path / "run" / "truth" / "delivery.jsonl")]
    assert reasons.count("handed over too late") == summary["messages"]["dropped"]


def test_connections_from_several_addresses_at_a_given_rate(evening: Path, tmp_path: Path) -> None:
    options = ("--set", "mqtt.source_addresses=[127.0.0.2, 127.0.0.3]", "--set", "mqtt.connect_rate=100/s")
    summary = run(evening, tmp_path / "run", *options)
    assert summary["connections"]["reached"] == summary["connections"]["asked"]
