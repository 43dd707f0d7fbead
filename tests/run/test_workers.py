"""Several workers do what one does, and none of them goes missing in silence."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from subprocess import Popen

import pytest
from fleetsim_process import PATIENCE, fleetsim, read, rows, start, wait_for

NEIGHBOURHOODS = ("--set", "world.households_per_neighbourhood=3")
OUTCOMES = ("acknowledged", "received", "refused", "dropped", "lost")


def workers_of(process: Popen[str]) -> list[int]:
    """Return the process ids of a run's workers."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_truth_is_the_same_for_one_two_and_four_workers(evening: Path, tmp_path: Path) -> None:
    for workers in (1, 2, 4):
        fleetsim(
            "run", evening, *NEIGHBOURHOODS, "--speed", "max", "--workers", str(workers),
            "-o", tmp_path / str(workers), "--quiet",
        )  # fmt: skip
    for name in ("messages", "people", "consent"):
        one, two, four = (
            (tmp_path / folder / "truth" / f"{name}.jsonl").read_bytes() for folder in ("1", "2", "4")
        )
        assert one
        assert one == two == four
    for folder in ("1", "2", "4"):
        messages = read(tmp_path / folder / "summary.json")["messages"]
        assert messages["acknowledged"] == messages["due"] == one_rows(tmp_path / "1")
        assert len(rows(tmp_path / folder / "truth" / "delivery.jsonl")) == messages["due"]
        assert sum(row.get("due", 0) for row in rows(tmp_path / folder / "timeline.jsonl")) == messages["due"]
        assert not (tmp_path / folder / "shards").exists()


def one_rows(folder: Path) -> int:
    return len(rows(folder / "truth" / "messages.jsonl"))


@pytest.mark.parametrize("pace", [("--speed", "120"), ("--rate", "200/s")])
def test_a_killed_worker_fails_the_run_and_its_share_is_accounted_for(
    pace: tuple[str, str], evening: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    process = start("run", evening, *NEIGHBOURHOODS, *pace, "--workers", "2", "-o", folder, "--quiet")
    parts = [folder / "shards" / str(index) / "truth" / "delivery.jsonl" for index in range(2)]
    wait_for(
        lambda: all(part.exists() and part.stat().st_size > 0 for part in parts), "both workers' messages"
    )
    os.kill(workers_of(process)[0], signal.SIGKILL)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, out + err
    summary = read(folder / "summary.json")
    messages = summary["messages"]
    assert "SIGKILL" in summary["failure"]
    assert "SIGKILL" in out
    assert summary["status"] == "failed"
    assert messages["due"] == sum(messages[outcome] for outcome in OUTCOMES) > 0
    assert messages["due"] == len(rows(folder / "truth" / "messages.jsonl"))
    assert messages["due"] == len(rows(folder / "truth" / "delivery.jsonl"))
    last = {row["device"]: row for row in rows(folder / "truth" / "sessions.jsonl")}
    assert {row["state"] for row in last.values()} == {"ended"}
    assert "worker died" in {row["reason"] for row in last.values()}
    assert read(folder / "manifest.json")["complete"] is False


def test_ctrl_c_stops_all_workers_and_adds_up(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start(
        "run", evening, *NEIGHBOURHOODS, "--speed", "60", "--workers", "2", "-o", folder, "--quiet"
    )
    part = folder / "shards" / "1" / "truth" / "delivery.jsonl"
    wait_for(lambda: part.exists() and part.stat().st_size > 0, "the first messages")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    messages = read(folder / "summary.json")["messages"]
    assert messages["due"] == sum(messages[outcome] for outcome in OUTCOMES) > 0
    assert messages["due"] == len(rows(folder / "truth" / "messages.jsonl"))


def test_what_a_worker_cannot_do_is_said_once_and_plainly(evening: Path, tmp_path: Path) -> None:
    options = ("--set", "devices.2.per_shop=999", "--set", "world.shops=4", "--workers", "2")
    _, errors = fleetsim("run", evening, *NEIGHBOURHOODS, *options, "-o", tmp_path / "run", "--quiet", code=2)
    assert "999" in errors
    assert len(errors.splitlines()) == 1


def test_more_workers_than_neighbourhoods(evening: Path, tmp_path: Path) -> None:
    _, errors = fleetsim("run", evening, "--workers", "3", "-o", tmp_path / "run", code=2)
    assert "households_per_neighbourhood" in errors.splitlines()[-1]


def test_a_wrong_number_of_workers(evening: Path) -> None:
    _, errors = fleetsim("run", evening, "--workers", "many", code=2)
    assert "'many'" in errors
