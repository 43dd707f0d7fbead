"""What a Python program gets: the same runs, streams and errors as the command, typed, and not a word."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fleetsim_process import fleetsim, read, rows

import simulator
from simulator import FleetsimError, ScenarioError, UsageError, Verdict
from simulator.api import chosen
from simulator.cli import main
from simulator.core.actions import Connect, Publish
from simulator.core.errors import RunFailedError
from simulator.report import Update
from simulator.scenario import load_scenario

STREET = {
    "name": "street",
    "duration": "30m",
    "world": {"households": 6, "shops": 1},
    "devices": [
        {"kind": "wearable", "owners": 0.5},
        {"kind": "smart_speaker", "per_household": 1.0},
        {"kind": "inventory_sensor", "per_shop": 6},
    ],
}


def test_importing_the_package_imports_nothing_that_takes_long() -> None:
    heavy = {"numpy", "pydantic", "msgspec", "simpy", "yaml", "click", "rich", "paho", "prometheus_client"}
    told = subprocess.run(
        [sys.executable, "-c", "import simulator, sys; print(*{m.split('.')[0] for m in sys.modules})"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not heavy & set(told.stdout.split())


def test_a_program_of_a_user_runs_as_a_plain_script_and_nothing_is_printed(tmp_path: Path) -> None:
    script = Path(__file__).with_name("typed_program.py")
    told = subprocess.run(
        [sys.executable, script, tmp_path / "run"], capture_output=True, text=True, cwd=tmp_path
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    again = simulator.Run.open(tmp_path / "run")
    assert again.verdict("consent", "nobody").verdict is Verdict.FAILED


@pytest.fixture(scope="module")
def street_run(tmp_path_factory: pytest.TempPathFactory) -> simulator.Run:
    """Half an hour in half a second."""
    return simulator.run(STREET, seed=3, speed=3600, output=tmp_path_factory.mktemp("runs") / "street")


def test_a_run_has_its_result_and_all_rows_of_its_truth(street_run: simulator.Run) -> None:
    assert street_run.passed
    assert street_run.status == "passed"
    assert street_run.exit_code is simulator.ExitCode.OK
    assert read(street_run.folder / "summary.json")["messages"]["due"] == street_run.summary.messages.due
    ids = {row.id for row in street_run.messages}
    assert len(ids) == street_run.summary.messages.due
    assert {row.id for row in street_run.delivered} == ids
    people = {person.person for person in street_run.people}
    assert {row.person for row in street_run.messages} - {None} <= people
    assert {row.person for row in street_run.consent} == people
    assert list(street_run.campaigns) == list(street_run.requests) == list(street_run.faults) == []
    assert {row.state for row in street_run.sessions} >= {"connected", "ended"}


def test_a_stream_is_that_of_the_run_and_of_the_command(street_run: simulator.Run, tmp_path: Path) -> None:
    scenario = tmp_path / "street.yaml"
    scenario.write_text(str(STREET))  # what Python writes here is YAML as well
    fleetsim("generate", scenario, "--seed", "3", "-o", tmp_path / "stream.jsonl", "--quiet")
    written = [row["id"] for row in rows(tmp_path / "stream.jsonl") if row["action"] == "publish"]
    stream = simulator.generate(STREET, seed=3)
    messages = list(stream.messages())
    assert [publish.id for publish, _ in messages] == written
    assert [truth for _, truth in messages] == list(street_run.messages)
    assert {publish.device for publish, _ in messages} <= stream.devices.keys()
    assert {person.person for person in stream.people()} == {row.person for row in street_run.people}


def test_a_stream_yields_sessions_with_the_messages_and_then_is_gone() -> None:
    stream = simulator.generate(STREET, duration=60)
    steps = list(stream)
    assert {type(action) for action, _ in steps} >= {Connect, Publish}
    assert all((truth is not None) == isinstance(action, Publish) for action, truth in steps)
    assert all(action.at <= 60.0 for action, _ in steps)
    assert list(stream) == []


def test_shards_share_a_stream_out() -> None:
    town = STREET | {"world": {"households": 6, "shops": 0, "households_per_neighbourhood": 3}}
    whole = {publish.id for publish, _ in simulator.generate(town).messages()}
    parts = [simulator.generate(town, shard=simulator.Shard(index, 2)) for index in range(2)]
    ids = [{publish.id for publish, _ in part.messages()} for part in parts]
    assert ids[0] | ids[1] == whole
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("keywords", "arguments"),
    [
        ({"duration": 90, "speed": "max"}, ["--duration", "90s", "--speed", "max"]),
        ({"duration": "2h", "rate": 0.25}, ["--duration", "2h", "--rate", "0.25/s"]),
        ({"rate": "500/s", "seed": 9}, ["--rate", "500/s", "--seed", "9"]),
        ({"broker": "mosquitto", "scale": 0.5}, ["--broker", "mosquitto", "--scale", "0.5"]),
        (
            {"changes": {"devices.0.qos": 2, "world": {"households": 3}}},
            ["--set", "devices.0.qos=2", "--set", "world={households: 3}"],
        ),
    ],
)
def test_keywords_are_the_options_of_the_command(
    keywords: dict[str, Any], arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = tmp_path / "street.yaml"
    scenario.write_text(str(STREET))
    with pytest.raises(SystemExit, match="0"):
        main(["validate", str(scenario), "--json", *arguments])
    resolved = chosen(STREET, **keywords).load()
    assert resolved.model_dump(mode="json") == json.loads(capsys.readouterr().out)["scenario"]


def test_a_scenario_that_was_loaded_can_be_changed() -> None:
    scenario = load_scenario("quickstart")
    stream = simulator.generate(scenario, duration="5m", changes={"world.households": 4})
    assert stream.scenario.duration == 300.0
    assert stream.scenario.world.households == 4
    assert simulator.generate(scenario).scenario == scenario


def test_all_mistakes_are_told_at_once_and_where_they_are() -> None:
    wrong = STREET | {"devices": [{"kind": "wearabel"}], "duration": 30.0}
    with pytest.raises(ScenarioError) as told:
        simulator.run(wrong, seed=-1, changes={"mqtt.qos": 7})
    assert [(problem.where, problem.message.partition(",")[0]) for problem in told.value.problems] == [
        ("scenario", "duration must be a duration with its unit"),
        ("scenario", "devices[0]: no device kind is called 'wearabel'; did you mean 'wearable'?"),
        ("seed=-1", "seed must be a whole number from 0 to 9"),
        ("changes['mqtt.qos']", "qos in mqtt must be a whole number from 0 to 2"),
    ]
    assert issubclass(ScenarioError, FleetsimError)


def test_what_no_file_could_hold_is_refused() -> None:
    with pytest.raises(ScenarioError, match="must be made of mappings, lists, text and numbers"):
        simulator.generate(STREET | {"description": object()})
    with pytest.raises(ScenarioError, match="scale=0: the scale must be a number above 0"):
        simulator.generate(STREET, scale=0)


def test_a_run_tells_how_it_stands_and_ends_early_when_it_is_asked_to(tmp_path: Path) -> None:
    updates: list[Update] = []
    said: list[str] = []
    run = simulator.run(
        STREET,
        speed=60,
        output=tmp_path / "run",
        metrics_port=0,
        progress=updates.append,
        say=said.append,
        stopped=lambda: bool(updates),
    )
    assert (run.status, run.exit_code) == ("interrupted", simulator.ExitCode.INTERRUPTED)
    assert not run.passed
    assert 0 <= updates[0].simulated < updates[0].duration == 1800.0
    assert said[0].startswith("metrics at http://127.0.0.1:")
    assert said[1].startswith("6 households publish to embedded broker")


def test_what_cannot_be_asked_for_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give speed or rate, not both"):
        simulator.run(STREET, speed=60, rate=5)
    with pytest.raises(UsageError, match="allow_targets needs say"):
        simulator.run(STREET, allow_targets=["broker.lab"])
    with pytest.raises(UsageError, match="1 to 256 workers, not 0"):
        simulator.run(STREET, workers=0)
    with pytest.raises(UsageError, match="is not the folder of a run"):
        simulator.Run.open(tmp_path)


def test_a_verdict_that_there_is_not_is_named(street_run: simulator.Run) -> None:
    assert street_run.verification is None
    with pytest.raises(RunFailedError, match="the scenario has no tap"):
        street_run.verdict("leak")
    with pytest.raises(UsageError, match="no tap 'redactor' recorded anything"):
        street_run.heard("redactor")


# Drills

TWO_BROKERS = {
    **STREET,
    "duration": "10m",
    "speed": 600,
    "mqtt": {"broker": "mosquitto"},
    "attacks": [{"kind": "topic_enumeration", "at": "1m", "for": "8m", "every": "20s"}],
    "brokers": [
        {"name": "closed", "entry": "password", "expect": {"wildcards": "held"}},
        {"name": "open", "entry": "open", "expect": {"wildcards": "failed"}},
    ],
}


def test_a_drill_is_run_against_each_broker_and_gives_its_runs(tmp_path: Path) -> None:
    drill = simulator.drill(TWO_BROKERS, seed=3, output=tmp_path / "drill")
    assert (drill.status, drill.passed, drill.exit_code) == ("passed", True, 0)
    assert list(drill.runs) == ["closed", "open"]
    assert drill.runs["open"].verdict("wildcards").failed
    assert drill.runs["closed"].verdict("wildcards").held


def test_drills_and_runs_are_not_taken_for_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"use simulator\.drill"):
        simulator.run(TWO_BROKERS, output=tmp_path / "drill")
    with pytest.raises(UsageError, match=r"use simulator\.run"):
        simulator.drill(STREET, output=tmp_path / "run")
    assert not list(tmp_path.iterdir())
