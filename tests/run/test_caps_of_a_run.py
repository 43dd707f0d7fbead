"""Hard caps of a run, as its user sees them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from fleetsim_process import fleetsim, read, rows

from simulator.mqtt.reasons import Cause

SHARDS = ("--set", "world.households_per_neighbourhood=6")


def test_caps_that_bit_are_in_the_summary(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    limits = ("--limit", "connections=10", "--limit", "payload_bytes=200", "--limit", "bytes_per_second=2000")
    out, _ = fleetsim("run", evening, "--broker", "mosquitto", *limits, "-o", folder)
    summary = read(folder / "summary.json")
    connections, held_back = summary["connections"], summary["held_back"]
    assert connections["reached"] == 10
    assert held_back[Cause.CONNECTION_CAP] == connections["asked"] - 10
    dropped = Counter(row["reason"] for row in rows(folder / "truth" / "delivery.jsonl") if row["reason"])
    for cap in (Cause.PAYLOAD_CAP, Cause.RATE_CAP):
        assert held_back[cap] == dropped[cap] > 0
    assert summary["messages"]["dropped"] == dropped.total()
    text = " ".join(out.split())
    assert "Held back" in text
    assert f"{connections['asked'] - 10} beyond the cap on connections" in text
    assert "--limit changes a cap" in text


def test_workers_share_the_caps(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    limits = ("--limit", "connections=10", "--workers", "2", *SHARDS)
    fleetsim("run", evening, "--broker", "mosquitto", *limits, "-o", folder, "--quiet")
    summary = read(folder / "summary.json")
    assert summary["connections"]["reached"] == 10
    assert summary["held_back"] == {Cause.CONNECTION_CAP: summary["connections"]["asked"] - 10}


def test_a_closed_loop_waits_for_the_cap_on_bytes_instead_of_dropping(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    limits = ("--limit", "bytes_per_second=600_000", "--limit", "payload_bytes=2000")
    fleetsim("run", evening, "--broker", "mosquitto", "--speed", "max", *limits, "-o", folder, "--quiet")
    summary = read(folder / "summary.json")
    assert summary["messages"]["acknowledged"] == summary["messages"]["due"]
    assert summary["held_back"] == {}


def test_usual_caps_do_not_bite(evening: Path, tmp_path: Path) -> None:
    out, _ = fleetsim("run", evening, "--speed", "max", "-o", tmp_path / "run")
    assert read(tmp_path / "run" / "summary.json")["held_back"] == {}
    assert "Held back" not in out


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("conections=3", "did you mean 'connections'"),
        ("connections=0", "at least 1"),
        ("connections", "connections=20000"),
        ("connections=-1", "connections=20000"),
        ("payload_bytes=1e6", "connections=20000"),
    ],
)
def test_a_limit_that_makes_no_sense_is_a_usage_error(
    limit: str, words: str, evening: Path, tmp_path: Path
) -> None:
    _, errors = fleetsim("run", evening, "--limit", limit, "-o", tmp_path / "run", code=2)
    assert words in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "run").exists()
