"""Controls and taps of whole runs, on real brokers: nothing that comes out is missed, and no end is."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import pytest
from fleetsim_process import PATIENCE, fleetsim, read, rows, start, wait_for

from simulator.core.errors import ScenarioError
from simulator.scenario import load_scenario

SCENARIO = """\
name: echo
seed: 5
duration: 30m
speed: 1800
world: {households: 4, shops: 0}
devices: [{kind: wearable, owners: 1.0}]
controls:
  - {name: echo, command: [python, echo.py], env: {PASSWORD: secret}, ready: {line: listening}}
taps:
  - {name: input, topics: ["fleet/#"], settle: 300ms}
  - {name: echo, topics: ["out/echo/#"], settle: 300ms}
  - {name: file, control: echo, file: out.jsonl, settle: 300ms}
  - {name: folder, control: echo, directory: ., settle: 300ms}
  - {name: web, control: echo, http: 0, settle: 300ms}
  - {name: kept, control: echo, store: .}
"""


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    scenario = tmp_path / "echo.yaml"
    scenario.write_text(SCENARIO)
    (tmp_path / "echo.py").write_text(Path(__file__).with_name("echo.py").read_text())
    return scenario


def ids(path: Path) -> set[str]:
    return set(re.findall(r'\\"id\\":\\"(\w+)', path.read_text()))


@pytest.mark.parametrize(
    ("broker", "ready"), [("mosquitto", "{subscriptions: 1}"), ("embedded", "{line: listening}")]
)
def test_every_kind_of_tap_records_all_that_comes_out(
    broker: str, ready: str, echo: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    changes = ("--set", "controls.0.checks=[]", "--set", f"controls.0.ready={ready}")  # nothing to judge
    _, told = fleetsim("run", echo, "--broker", broker, *changes, "-o", run)
    assert "starting control echo: PASSWORD=… python echo.py" in " ".join(told.split())
    sent = {row["id"]: row for row in rows(run / "truth" / "delivery.jsonl")}
    egress = run / "egress"
    for tap in ("input", "echo", "file", "folder", "web"):
        heard = rows(egress / f"{tap}.jsonl")
        assert ids(egress / f"{tap}.jsonl") == sent.keys(), tap
        assert len(heard) == len(sent), tap
        # On one clock with the delivery.
        assert all(row["received"] > min(one["due"] for one in sent.values()) for row in heard)
    assert {row["topic"] for row in rows(egress / "folder.jsonl")} == {"out.jsonl"}
    assert (egress / "kept" / "out.jsonl").read_text() == (run / "controls/echo/out.jsonl").read_text()
    retained = rows(egress / "echo" / "retained.jsonl")
    assert {row["topic"] for row in retained} == {row["topic"] for row in rows(egress / "echo.jsonl")}
    assert all(row["retained"] and "received" not in row for row in retained)
    assert (run / "controls" / "echo.log").read_text() == "listening\n"
    assert read(run / "summary.json")["egress"] == dict.fromkeys(
        ("input", "echo", "file", "folder", "web"), len(sent)
    ) | {"kept": 1}


def test_workers_and_taps_have_one_clock(echo: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shards = ("--set", "world.households_per_neighbourhood=2", "--workers", "2")
    fleetsim("run", echo, *shards, "--set", "controls.0.checks=[]", "-o", run, "--quiet")
    due = {row["id"]: row["due"] for row in rows(run / "truth" / "delivery.jsonl")}
    heard: dict[str, Any] = {}
    for row in rows(run / "egress" / "input.jsonl"):
        (identifier,) = re.findall(r'"id":"(\w+)', row["payload"])
        heard[identifier] = row["received"]
    assert heard.keys() == due.keys()
    assert all(heard[one] > due[one] for one in due)


def test_a_control_that_ends_early_ends_the_run_at_once(echo: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    changes = ("--set", "controls.0.env={LIMIT: now}", "--speed", "360")
    out, told = fleetsim("run", echo, *changes, "-o", run, code=1)
    told = " ".join(told.split())
    assert re.search(r"the control echo ended with code 1 after .* its last words: .*enough", told)
    summary = read(run / "summary.json")
    assert summary["status"] == "failed"
    assert "the control echo ended with code 1" in summary["failure"]
    assert "enough" in out
    assert read(run / "manifest.json")["complete"] is False


def test_ctrl_c_ends_controls_and_keeps_what_was_recorded(echo: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = start("run", echo, "--speed", "360", "-o", run, "--quiet")
    tape = run / "egress" / "echo.jsonl"
    wait_for(lambda: tape.exists() and tape.stat().st_size > 0, "the first message")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert rows(tape)
    name = str(run / "controls" / "echo").encode()
    running = [path for path in Path("/proc").glob("[0-9]*/environ") if name in _environment(path)]
    assert running == []


def _environment(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_subscriptions_cannot_be_seen_at_the_embedded_broker(echo: Path) -> None:
    with pytest.raises(ScenarioError, match="the embedded broker does not count subscriptions"):
        load_scenario(echo, {"controls.0.ready": "{subscriptions: 1}"})
