"""Ctrl-C keeps results, whenever it comes."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from fleetsim_process import PATIENCE, fleetsim, read, rows, start, wait_for

from simulator.report.run import read_result, render_page
from simulator.truth import RunFolder


def test_ctrl_c_in_the_middle_leaves_a_readable_folder_that_adds_up(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start("run", evening, "--speed", "60", "-o", folder, "--json", "--quiet")
    delivery = folder / "truth" / "delivery.jsonl"
    wait_for(lambda: delivery.exists() and delivery.stat().st_size > 0, "the first messages")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert read(folder / "manifest.json")["complete"] is False
    summary = read(folder / "summary.json")
    messages = summary["messages"]
    assert summary["status"] == "interrupted"
    assert messages["due"] == len(rows(folder / "truth" / "messages.jsonl")) == len(rows(delivery)) > 0
    ended = ("acknowledged", "received", "refused", "dropped", "lost")
    assert messages["due"] == sum(messages[outcome] for outcome in ended)
    assert messages["due"] == sum(row.get("due", 0) for row in rows(folder / "timeline.jsonl"))
    assert "stopped before its end" in (folder / "report.html").read_text()


@pytest.mark.parametrize("file", ["manifest.json", "truth/people.jsonl"])
def test_ctrl_c_before_the_load_begins_is_no_fault(file: str, evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start("run", evening, "--scale", "20", "-o", folder, "--quiet")
    wait_for((folder / file).exists, file)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert read(folder / "manifest.json")["complete"] is False


def test_kill_leaves_whole_lines_and_an_incomplete_manifest(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start("run", evening, "--speed", "60", "--broker", "mosquitto", "-o", folder, "--quiet")
    messages = folder / "truth" / "messages.jsonl"
    timeline = folder / "timeline.jsonl"
    wait_for(lambda: timeline.exists() and b'"due"' in timeline.read_bytes(), "the first messages")
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert rows(messages)
    assert read(folder / "manifest.json")["complete"] is False
    result = read_result(RunFolder.open(folder))
    assert sum(each.due for each in result.stretches) > 0
    assert "killed, or is still going on" in render_page(result)


def test_interrupted_generate_keeps_whole_lines(evening: Path, tmp_path: Path) -> None:
    stream = tmp_path / "stream.jsonl"
    process = start("generate", evening, "--duration", "300d", "-o", stream)
    wait_for(lambda: stream.exists() and stream.stat().st_size > 0, "the first lines")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "interrupted" in said
    assert rows(stream)


def test_a_finished_run_is_complete(evening: Path, tmp_path: Path) -> None:
    fleetsim("run", evening, "--speed", "max", "-o", tmp_path / "run", "--quiet")
    assert read(tmp_path / "run" / "manifest.json")["complete"] is True
