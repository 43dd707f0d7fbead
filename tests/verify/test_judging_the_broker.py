"""The broker as a control of a scenario, and the commands about attacks."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from raid_scene import Raided, alert, outsider

from simulator.cli import main
from simulator.core.campaigns import AccessAction, AccessTruth, Claimant
from simulator.core.verdicts import Verdict
from simulator.judgement import judge
from simulator.report import Status
from simulator.scenario import Scenario
from simulator.truth import RunFolder

sys.path.insert(0, str(Path(__file__).parent.parent / "report"))

from summaries import summary

HELD, FAILED, UNTRUSTED = Verdict


def scenario(*thresholds: str, **expect: str) -> Scenario:
    controls = [{"name": "broker", "expect": expect}]
    told = {"name": "raided", "devices": [{"kind": "wearable"}], "controls": controls}
    return Scenario.model_validate({**told, "thresholds": list(thresholds)})


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Scenario], RunFolder]:
    def write(told: Scenario) -> RunFolder:
        town = Raided(devices=4, seconds=200.0)
        town.flood(0, 60.0)
        controls = told.model_dump(mode="json")["controls"]
        folder = town.write(tmp_path / "run", controls=controls)
        rows = [
            AccessTruth(Claimant.OWN, "d", AccessAction.PUBLISH, "its own", 5, True, True),
            AccessTruth(Claimant.OWN, "d", AccessAction.RECEIVE, "#", 5, False, True),
        ]
        (folder.truth / "access.jsonl").write_bytes(
            b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        )
        return folder

    return write


def test_a_broker_is_judged_without_a_tap(run: Callable[[Scenario], RunFolder]) -> None:
    told = scenario("verdict.broker.wildcards == failed", wildcards="failed", containment="untrusted")
    result, _ = judge(summary(), told, run(told))
    assert result.status is Status.PASSED
    assert {(one.check, one.verdict) for one in result.verdicts} == {
        ("wildcards", FAILED),
        ("containment", UNTRUSTED),
    }
    assert result.thresholds[-1].held


def test_a_broker_that_is_not_as_known_fails_the_run(run: Callable[[Scenario], RunFolder]) -> None:
    told = scenario(wildcards="held")
    assert judge(summary(), told, run(told))[0].status is Status.FAILED


def test_a_broker_of_whom_nothing_is_known_is_untrusted(tmp_path: Path) -> None:
    told = scenario(wildcards="held")
    controls = told.model_dump(mode="json")["controls"]
    folder = Raided(devices=2).write(tmp_path / "run", controls=controls)
    assert judge(summary(), told, folder)[0].status is Status.UNTRUSTED


def test_limits_of_a_scenario_are_read() -> None:
    limits = {"recall": 0.9, "detect_within": "30s"}
    told = Scenario.model_validate({"name": "x", "devices": [{"kind": "wearable"}], "detection": limits})
    assert (told.detection.recall, told.detection.detect_within) == (0.9, 30.0)
    assert told.detection.false_alarms == 0.001


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code, capsys.readouterr().out


def test_alerts_are_scored_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = Raided()
    town.flood(0, 60.0)
    folder = town.write(tmp_path / "run")
    told = tmp_path / "guard.jsonl"
    told.write_text(alert(62.0, client=outsider(0)) + "\n")
    only = ("--only", "detection", "--only", "time_to_detect")
    code, out = call(
        capsys, "verify", str(folder.path), "--alerts", f"guard={told}", *only, "--json", "--quiet"
    )
    found: dict[str, Any] = json.loads(out)
    assert code == 4  # one who attacked is too few
    assert found["join"]["joined"] == 1
    checks = {(one["check"], one["part"]): one for one in found["checks"]}
    assert checks["detection", ""]["value"] == 1.0
    assert checks["time_to_detect", ""]["value"] == pytest.approx(2.0)
    assert any(clause.startswith("GDPR Art. 33") for clause in checks["detection", ""]["clauses"])


def test_labels_are_written_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = Raided(devices=2, seconds=90.0)
    town.flood(0, 60.0, 5.0)
    folder = town.write(tmp_path / "run")
    code, out = call(capsys, "labels", str(folder.path), "-o", str(tmp_path / "set.csv"))
    assert code == 0
    assert out.startswith("wrote 23 rows, 11 of attacks, to ")
    assert (tmp_path / "set.md").is_file()
