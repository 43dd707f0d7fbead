"""Judges the controls of a run at its end, and compares the verdicts with what the scenario expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from simulator.core.thresholds import VerdictThreshold
from simulator.core.verdicts import Verdict
from simulator.metrics import Finding, Judged
from simulator.report import Status, Summary, ThresholdResult, VerdictResult
from simulator.scenario import Scenario
from simulator.scenario.controls import BROKER
from simulator.truth import RunFolder
from simulator.verify import Verification, verify


def judge(summary: Summary, scenario: Scenario, folder: RunFolder) -> tuple[Summary, Verification | None]:
    """Return a run's result with the verdicts on its controls; of a run that was cut short, as it was.

    The verdicts are in ``verify.json`` too, with their evidence, and come second, None if there are none.

    Raises:
        UsageError: a check is expected that there is not.
        RunFailedError: the truth cannot be read, or the verdicts not be written.
    """
    cut_short = summary.status is Status.INTERRUPTED or summary.failure is not None
    if cut_short or not any(_is_judged(control, scenario) for control in _judged(scenario)):
        return summary, None
    verification = verify(folder.path)
    return with_verdicts(summary, scenario, verification), verification


def with_verdicts(summary: Summary, scenario: Scenario, verification: Verification) -> Summary:
    """Return a run's result with the verdicts of a verification, and the status that follows.

    A run fails if a verdict is another than expected; it is untrusted if none could be reached where one
    was expected. What spoke against the run before still does.
    """
    verdicts = tuple(_verdicts(scenario, verification))
    thresholds = tuple(_thresholds(summary.thresholds, scenario, verification))
    missing = [one for one in verdicts if not one.held and one.verdict in (None, Verdict.UNTRUSTED)]
    wrong = [one for one in verdicts if not one.held and one not in missing]
    broken = [one for one in thresholds if not one.held and one not in summary.thresholds]
    status = summary.status
    if status is Status.PASSED:
        if wrong or any(one.value not in (None, Verdict.UNTRUSTED) for one in broken):
            status = Status.FAILED
        elif missing or broken:
            status = Status.UNTRUSTED
    distrust = [*summary.distrust, *_distrust(missing)] if status is Status.UNTRUSTED else summary.distrust
    return msgspec.structs.replace(
        summary, status=status, distrust=tuple(distrust), verdicts=verdicts, thresholds=thresholds
    )


def for_metrics(summary: Summary, verification: Verification | None) -> Judged:
    """Return what a run came to as its metrics show it."""
    pairs = {(one.control, one.check): one for one in summary.verdicts}
    checks = () if verification is None else verification.checks
    return Judged(
        status=summary.status.value,
        thresholds={one.expression: one.held for one in summary.thresholds},
        records=dict(summary.egress),
        verdicts={pair: None if one.verdict is None else Verdict(one.verdict) for pair, one in pairs.items()},
        as_expected={pair: one.held for pair, one in pairs.items()},
        findings=tuple(
            Finding(one.control, one.check, one.part, one.value, one.unit, one.trials) for one in checks
        ),
    )


def _judged(scenario: Scenario) -> list[str]:
    """Return the names of the controls whose output is recorded, and of the broker if it is to be judged."""
    names = [tap.of for tap in scenario.taps if tap.of is not None]
    names += [control.name for control in scenario.controls if control.name == BROKER]
    return list(dict.fromkeys(names))


def _is_judged(name: str, scenario: Scenario) -> bool:
    """Return whether any check is there for a control."""
    return all(control.name != name or control.checks != () for control in scenario.controls)


def _verdicts(scenario: Scenario, verification: Verification) -> Iterator[VerdictResult]:
    expected = {control.name: control.expect for control in scenario.controls}
    for control in _judged(scenario):
        judged = (one.check for one in verification.checks if one.control == control)
        wanted = dict.fromkeys(judged, Verdict.HELD) | expected.get(control, {})
        for check, verdict in wanted.items():
            found = verification.verdict(control, check)
            reason = next(
                (
                    one.reason
                    for one in verification.checks
                    if (one.control, one.check, one.verdict) == (control, check, found)
                ),
                "",
            )
            yield VerdictResult(control, check, found, verdict, found == verdict, reason)


def _thresholds(
    results: Iterable[ThresholdResult], scenario: Scenario, verification: Verification
) -> Iterator[ThresholdResult]:
    """Yield all thresholds in the scenario's order, those of verdicts among them."""
    measured = iter(results)
    for text in scenario.thresholds:
        threshold = VerdictThreshold.parse(text)
        if threshold is None:
            yield next(measured)
        else:
            found = verification.verdict(threshold.control, threshold.check)
            yield ThresholdResult(threshold.expression, found, found == threshold.verdict)


def _distrust(missing: Iterable[VerdictResult]) -> Iterator[str]:
    for one in missing:
        why = f": {one.reason}" if one.reason else ""
        yield f"whether {one.control} is {one.expected} by {one.check} cannot be told{why}"
