"""Verdicts are held against what the scenario expects; the exit code says whether all came as known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from summaries import summary

from simulator.core.errors import ExitCode
from simulator.core.verdicts import Verdict
from simulator.judgement import judge, with_verdicts
from simulator.report import Status, Summary, ThresholdResult, exit_code
from simulator.report.junit import junit
from simulator.scenario import Scenario
from simulator.truth import RunFolder
from simulator.verify import CheckResult, Join, Verification

HELD, FAILED, UNTRUSTED = Verdict.HELD, Verdict.FAILED, Verdict.UNTRUSTED


def scenario(expect: dict[str, str], **others: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "name": "trial",
            "devices": [{"kind": "wearable"}],
            "controls": [{"name": "redactor", "expect": expect}],
            "taps": [{"name": "input", "topics": ["fleet/#"]}, {"name": "redactor", "topics": ["out/#"]}],
            **others,
        }
    )


def verification(*found: tuple[str, Verdict]) -> Verification:
    return Verification(
        status=HELD,
        run="run",
        scenario="trial",
        join=Join(),
        distrust=(),
        sources=(),
        checks=tuple(
            CheckResult(check=check, control="redactor", verdict=verdict, reason=f"{check} said so")
            for check, verdict in found
        ),
    )


def judged(expect: dict[str, str], *found: tuple[str, Verdict], **others: Any) -> Summary:
    return with_verdicts(summary(), scenario(expect, **others), verification(*found))


@pytest.mark.parametrize(
    ("expect", "found", "status", "code"),
    [
        ({"leak": "held"}, [("leak", HELD)], Status.PASSED, 0),
        ({"leak": "failed"}, [("leak", FAILED)], Status.PASSED, 0),
        ({"leak": "untrusted"}, [("leak", UNTRUSTED)], Status.PASSED, 0),
        ({"leak": "failed"}, [("leak", HELD)], Status.FAILED, 3),
        ({"leak": "held"}, [("leak", FAILED)], Status.FAILED, 3),
        ({"leak": "held"}, [("leak", UNTRUSTED)], Status.UNTRUSTED, 4),
        ({"leak": "failed"}, [("leak", UNTRUSTED)], Status.UNTRUSTED, 4),
        ({"leak": "held"}, [], Status.UNTRUSTED, 4),
        ({"leak": "held"}, [("leak", HELD), ("leak", FAILED)], Status.FAILED, 3),
        ({"leak": "held", "utility": "held"}, [("leak", FAILED), ("utility", UNTRUSTED)], Status.FAILED, 3),
        ({"leak": "failed"}, [("leak", FAILED), ("utility", FAILED)], Status.FAILED, 3),
        ({}, [("leak", HELD), ("consent", HELD)], Status.PASSED, 0),
        ({}, [("leak", HELD), ("consent", FAILED)], Status.FAILED, 3),
    ],
)
def test_a_run_passes_exactly_if_every_verdict_is_as_expected(
    expect: dict[str, str], found: list[tuple[str, Verdict]], status: Status, code: int
) -> None:
    result = judged(expect, *found)
    assert (result.status, exit_code(result)) == (status, ExitCode(code))
    assert all(one.held for one in result.verdicts) == (code == 0)


def test_what_spoke_against_a_run_before_still_does() -> None:
    lagged = summary(open_loop=False, distrust=["the taps lost their connection"])
    result = with_verdicts(lagged, scenario({"leak": "held"}), verification(("leak", FAILED)))
    assert result.status is Status.UNTRUSTED
    assert result.distrust == ("the taps lost their connection",)


def test_what_cannot_be_told_is_said_with_its_reason() -> None:
    result = judged({"leak": "held"}, ("leak", UNTRUSTED))
    assert result.distrust == ("whether redactor is held by leak cannot be told: leak said so",)


@pytest.mark.parametrize(
    ("found", "status"), [(HELD, Status.PASSED), (FAILED, Status.FAILED), (UNTRUSTED, Status.UNTRUSTED)]
)
def test_thresholds_may_name_verdicts_beside_what_is_measured(found: Verdict, status: Status) -> None:
    thresholds = ["lost_ratio < 0.5", "verdict.redactor.leak == held", "late_ratio < 0.5"]
    before = summary(thresholds=["lost_ratio < 0.5", "late_ratio < 0.5"])
    expect = {"leak": str(found)}
    result = with_verdicts(before, scenario(expect, thresholds=thresholds), verification(("leak", found)))
    assert result.status is status
    assert [one.expression for one in result.thresholds] == thresholds
    assert result.thresholds[1] == ThresholdResult(thresholds[1], found, found is HELD)


def test_verdicts_are_test_cases_for_ci() -> None:
    document = junit(judged({"leak": "held", "consent": "failed"}, ("leak", FAILED), ("consent", FAILED)))
    assert b'name="redactor: leak is held"' in document
    assert b'message="it is failed: leak said so"' in document
    assert b'name="redactor: consent is failed" time="0.000" />' in document
    assert b'failures="1"' in document


@pytest.mark.parametrize(
    "changed", [{"status": Status.INTERRUPTED}, {"status": Status.FAILED, "failure": "no broker"}]
)
def test_a_run_that_was_cut_short_is_not_judged(changed: dict[str, Any], tmp_path: Path) -> None:
    cut = msgspec.structs.replace(summary(), **changed)
    assert judge(cut, scenario({}), RunFolder(tmp_path / "missing")) == (cut, None)
