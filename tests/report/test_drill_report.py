"""The result of a drill: one status for all its runs, a table of what held where, test cases."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from rich.console import Console
from summaries import summary

from simulator.core.errors import ExitCode
from simulator.report import (
    DrillSummary,
    Status,
    Summary,
    ThresholdResult,
    VerdictResult,
    exit_code,
    print_drill,
    summarize_drill,
    write_drill,
)
from simulator.truth import RunFolder


def run(status: Status = Status.PASSED, *, failure: str | None = None, **verdicts: str) -> Summary:
    """The result of a run whose broker was judged; each verdict is ``found`` or ``found/expected``."""
    told = []
    for check, text in verdicts.items():
        found, _, expected = text.partition("/")
        expected = expected or found
        told.append(VerdictResult("broker", check, found, expected, found == expected, "because"))
    distrust = ("the generator fell behind",) if status is Status.UNTRUSTED else ()
    return msgspec.structs.replace(
        summary(), status=status, failure=failure, distrust=distrust, verdicts=tuple(told)
    )


def drill(interrupted: bool = False, **runs: Summary) -> DrillSummary:
    return summarize_drill("my-drill", 7, runs, interrupted=interrupted, seconds=30.0)


def printed(result: DrillSummary, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    print_drill(result, Path("runs/my"), Console(file=file, width=80, color_system=None))
    file.seek(0)
    return file.read()


@pytest.mark.parametrize(
    ("statuses", "status", "code"),
    [
        ((Status.PASSED, Status.PASSED), Status.PASSED, ExitCode.OK),
        ((Status.PASSED, Status.UNTRUSTED), Status.UNTRUSTED, ExitCode.UNTRUSTED),
        ((Status.FAILED, Status.UNTRUSTED), Status.FAILED, ExitCode.THRESHOLD_FAILED),
        ((Status.FAILED, Status.INTERRUPTED), Status.INTERRUPTED, ExitCode.INTERRUPTED),
    ],
)
def test_it_is_as_bad_as_the_worst_of_its_runs(
    statuses: tuple[Status, Status], status: Status, code: ExitCode
) -> None:
    result = drill(well=run(statuses[0]), badly=run(statuses[1]))
    assert (result.status, exit_code(result)) == (status, code)


def test_a_run_that_could_not_go_on_is_the_drill_s_failure() -> None:
    result = drill(well=run(), badly=run(Status.FAILED, failure="the broker went away"))
    assert result.failure == "badly: the broker went away"
    assert exit_code(result) is ExitCode.RUN_FAILED


def test_a_run_that_was_not_begun_is_an_interruption() -> None:
    assert drill(interrupted=True, well=run()).status is Status.INTERRUPTED
    assert drill(interrupted=True).status is Status.INTERRUPTED


def test_reasons_and_verdicts_are_told_by_broker() -> None:
    untrusted = run(Status.UNTRUSTED, authentication="untrusted/held")
    guard = VerdictResult("guard", "detection", "held", "held", True)
    untrusted = msgspec.structs.replace(untrusted, verdicts=(*untrusted.verdicts, guard))
    result = drill(well=untrusted, badly=run(authentication="failed"))
    assert result.distrust == ("well: the generator fell behind",)
    assert [(one.control, one.check, one.verdict) for one in result.verdicts] == [
        ("well", "authentication", "untrusted"),
        ("well/guard", "detection", "held"),
        ("badly", "authentication", "failed"),
    ]


def test_it_is_printed_as_checks_by_brokers() -> None:
    text = printed(
        drill(
            well=run(authentication="held", rate_limit="failed"),
            badly=run(authentication="failed", rate_limit="failed"),
        )
    )
    lines = [line.split() for line in text.splitlines()]
    assert lines[0] == ["my-drill:", "passed"]
    assert ["Check", "well", "badly"] in lines
    assert ["authentication", "held", "✓", "failed", "✓"] in lines
    assert ["rate", "limit", "failed", "✓", "failed", "✓"] in lines
    assert "4 of 4 verdicts are as expected (✓)." in text
    assert "Not as expected" not in text
    assert text.rstrip().endswith("Everything is in runs/my/, with a folder for each broker")
    assert max(map(len, text.splitlines())) <= 80


def test_what_is_not_as_expected_is_explained() -> None:
    missed = ThresholdResult("delivered_ratio == 1", 0.5, False)
    badly = msgspec.structs.replace(run(authentication="failed/held"), thresholds=(missed,))
    result = drill(well=run(authentication="held"), badly=badly)
    text = printed(result, "ascii")
    assert ["authentication", "held", "+", "failed", "!"] in [line.split() for line in text.splitlines()]
    assert "1 of 2 verdicts are as expected (+)." in text
    assert "! badly: authentication  failed, and held was expected: because" in text
    assert "! badly: delivered_ratio == 1 was not held; it was 0.5" in text


def test_each_run_is_a_suite_of_test_cases(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", truth=False)
    write_drill(folder, drill(well=run(authentication="held"), badly=run(authentication="failed/held")))
    root = ET.parse(folder.junit).getroot()
    assert (root.get("tests"), root.get("failures")) == ("4", "1")
    assert [(suite.get("name"), suite.get("failures")) for suite in root] == [
        ("my-drill.well", "0"),
        ("my-drill.badly", "1"),
    ]
    read = msgspec.json.decode(folder.summary.read_bytes(), type=DrillSummary)
    assert [*read.runs] == ["well", "badly"]
    assert not folder.truth.exists()
