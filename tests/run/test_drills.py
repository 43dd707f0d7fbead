"""Drills: each broker is judged as it is known to be, and is left as it was."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from fleetsim_process import fleetsim, read, rows, start, wait_for
from remains import MARK, Visitor

import simulator
from simulator.broker import LocalMosquitto
from simulator.core.credentials import Login
from simulator.core.errors import RunFailedError, UsageError
from simulator.drill_runner import run_drill, standing
from simulator.labels import export_labels
from simulator.report import DrillSummary
from simulator.runner import RunSettings
from simulator.scenario import Entry, Scenario, load_scenario
from simulator.verify import Source, verify

DRILLS = ("attack_drill", "breach_drill")

SCHEMES = {Entry.OPEN: "mqtt", Entry.PASSWORD: "mqtt", Entry.TLS: "mqtts", Entry.CERTIFICATE: "mqtts"}

FORGED_AND_TURNED = {
    "attack-drill": ({"sybil", "retained_poisoning"}, {"publish_flood", "botnet"}),
    "breach-drill": (
        {"sybil", "retained_poisoning"},
        {"time_shift", "false_data", "slow_drift", "exfiltration", "firmware_spoof", "wrong_voice"},
    ),
}
"""Attacks of each drill whose messages reach listeners of the one broker alone, and of either."""


@dataclass
class Held:
    """What a broker held when the run against it was over."""

    retained: Mapping[str, bytes]
    gone: int
    asked: int = 0
    sessions: set[str] = field(default_factory=set)
    control: bool = False


@dataclass
class Drilled:
    """A drill that was run, and what each broker held then."""

    scenario: Scenario
    folder: Path
    summary: DrillSummary
    held: Mapping[str, Held]


@pytest.fixture(scope="module", params=DRILLS)
def drilled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    scenario = load_scenario(request.param)
    folder = tmp_path_factory.mktemp(request.param) / "run"
    held: dict[str, Held] = {}

    def look(broker: LocalMosquitto, of: Scenario) -> None:
        name = scenario.brokers[len(held)].name
        visitor = Visitor.of(broker, of)
        held[name] = found = Held(visitor.retained(), visitor.sessions_of_the_gone())
        steps = rows(folder / name / "truth" / "sessions.jsonl")
        clients = {step["client_id"] or step["device"] for step in steps}
        found.asked = len(clients)
        found.sessions = visitor.sessions(sorted(clients))
        found.control = visitor.has_session(min(clients))  # for it was there a moment ago

    summary = run_drill(scenario, RunSettings(folder), farewell=look)
    return Drilled(scenario, folder, summary, held)


def test_every_check_gets_the_verdict_that_is_known(drilled: Drilled) -> None:
    found = {(one.control, one.check): one.verdict for one in drilled.summary.verdicts}
    assert found == {
        (broker.name, check): verdict
        for broker in drilled.scenario.brokers
        for check, verdict in broker.expect.items()
    }
    assert drilled.summary.status == "passed"


def test_what_is_configured_well_holds_more_than_what_is_not(drilled: Drilled) -> None:
    well, badly = (
        {check for check, verdict in broker.expect.items() if verdict == "held"}
        for broker in drilled.scenario.brokers
    )
    assert badly < well


def test_no_broker_holds_a_retained_message_of_the_run(drilled: Drilled) -> None:
    assert {name: set(held.retained) for name, held in drilled.held.items()} == {
        "well": {MARK},
        "badly": {MARK},
    }


def test_no_broker_holds_a_session_of_the_run(drilled: Drilled) -> None:
    for held in drilled.held.values():
        assert held.gone == 0
        assert held.asked > 80
        assert held.sessions == set()
        assert held.control, "a session that is there is seen"


def test_a_drill_can_be_judged_again(drilled: Drilled) -> None:
    found = verify(drilled.folder, write=False)
    for broker in drilled.scenario.brokers:
        for check, verdict in broker.expect.items():
            assert found.verdict(broker.name, check) is verdict
    assert not found.distrust


def test_every_attack_is_judged_by_what_listeners_received(drilled: Drilled) -> None:
    """All that say something; those on connections and subscriptions are judged by what became of them."""
    found = verify(drilled.folder, only=("forged_messages", "falsified_messages"), write=False)
    reached = {(one.control, one.part.rpartition("-")[0]): one.value for one in found.checks}
    forged, turned = FORGED_AND_TURNED[drilled.scenario.name]
    for kind in forged:
        assert reached["well", kind] == 0.0
        assert reached["badly", kind]
    for kind in turned:
        assert reached["well", kind]
        assert reached["badly", kind]


def test_the_fleet_itself_loses_nothing(drilled: Drilled) -> None:
    for summary in drilled.summary.runs.values():
        assert summary.messages.acknowledged == summary.messages.due


SMALL: dict[str, Any] = {
    "name": "small-drill",
    "duration": "10m",
    "speed": 600,
    "world": {"households": 4, "shops": 2, "households_per_neighbourhood": 2},
    "devices": [{"kind": "smart_speaker"}, {"kind": "inventory_sensor", "per_shop": 4}],
    "mqtt": {"broker": "mosquitto"},
    "attacks": [{"kind": "topic_enumeration", "at": "1m", "for": "8m", "every": "20s"}],
    "brokers": [
        {"name": "well", "entry": "certificate", "expect": {"wildcards": "held"}},
        {"name": "badly", "entry": "open", "expect": {"wildcards": "failed"}},
    ],
    "thresholds": ["verdict.well.wildcards == held", "delivered_ratio == 1"],
}


def written(path: Path, **changes: Any) -> Path:
    path.write_text(yaml.safe_dump(SMALL | changes))
    return path


def test_a_drill_on_several_workers_that_is_not_as_expected_fails(tmp_path: Path) -> None:
    brokers = [SMALL["brokers"][0], SMALL["brokers"][1] | {"expect": {"wildcards": "held"}}]
    file = written(tmp_path / "drill.yaml", brokers=brokers)
    folder = tmp_path / "run"
    out, _ = fleetsim("run", file, "-o", folder, "--workers", "2", code=3)
    assert "small-drill: failed" in out
    assert [line.split() for line in out.splitlines() if line.startswith("wildcards")] == [
        ["wildcards", "held", "+" if "+" in out else "✓", "failed", "!" if "!" in out else "✗"]
    ]
    assert "badly: wildcards" in out
    summary = read(folder / "summary.json")
    assert [(one["control"], one["verdict"], one["held"]) for one in summary["verdicts"]] == [
        ("well", "held", True),
        ("badly", "failed", False),
    ]
    assert [one["expression"] for one in summary["runs"]["well"]["thresholds"]] == [
        "verdict.broker.wildcards == held",
        "delivered_ratio == 1",
    ]
    assert [one["expression"] for one in summary["runs"]["badly"]["thresholds"]] == ["delivered_ratio == 1"]
    assert read(folder / "manifest.json")["complete"]
    suites = ET.parse(folder / "junit.xml").findall("testsuite")
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [
        ("small-drill.well", "0"),
        ("small-drill.badly", "1"),
    ]
    out, _ = fleetsim("verify", folder, "--quiet", code=3)
    assert "well: held" in out
    assert "badly: failed" in out
    with pytest.raises(UsageError, match=f"name the run against one broker, such as {folder}/badly"):
        export_labels(folder, tmp_path / "labels.csv")
    with pytest.raises(UsageError, match=f"name the run against one broker, such as {folder}/badly"):
        verify(folder, [Source.parse("redactor=out.jsonl")])


def test_a_drill_that_is_interrupted_keeps_what_it_has(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start("run", written(tmp_path / "drill.yaml", duration="48h"), "-o", folder, "--json")
    messages = folder / "well" / "truth" / "messages.jsonl"
    wait_for(lambda: messages.is_file() and messages.stat().st_size > 0, "messages of the first run")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    summary = read(folder / "summary.json")
    assert (summary["status"], [*summary["runs"]]) == ("interrupted", ["well"])
    assert summary["runs"]["well"]["messages"]["due"] > 0
    assert '"status": "interrupted"' in out
    assert not read(folder / "manifest.json")["complete"]
    found = verify(folder, write=False)
    assert found.status == "untrusted"
    assert "there was no run against the broker badly" in found.distrust


@pytest.mark.parametrize("entry", Entry)
def test_a_broker_has_the_one_way_in_that_is_named(entry: Entry, tmp_path: Path) -> None:
    drill = Scenario.model_validate(SMALL | {"brokers": [SMALL["brokers"][0] | {"entry": entry}]})
    with standing(drill, drill.brokers[0], tmp_path / "keys") as (broker, of):
        assert len(broker.ports) == 1
        assert of.mqtt.broker == f"{SCHEMES[entry]}://127.0.0.1:{broker.port}"
        stranger = Visitor(broker.port, Login(), None)
        if entry is Entry.OPEN:
            assert not stranger.has_session("stranger")
        else:
            assert of.mqtt.credentials is not None
            with pytest.raises((AssertionError, OSError)):
                stranger.has_session("stranger")
        if entry in (Entry.PASSWORD, Entry.TLS):
            assert not Visitor.of(broker, of).has_session("guest")


def test_without_mosquitto_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.broker.mosquitto._PLACES", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    scenario = Scenario.model_validate(SMALL | {"brokers": SMALL["brokers"][1:], "thresholds": []})
    with pytest.raises(RunFailedError, match=r"apt install mosquitto.*a drill needs it"):
        run_drill(scenario, RunSettings(tmp_path / "run"))


def test_a_program_runs_a_drill_against_a_broker_of_its_choice_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="small-drill is a drill with brokers of its own"):
        simulator.run(written(tmp_path / "drill.yaml"), output=tmp_path / "run")
