"""A verification as one page of HTML, that asks for nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.core.units import format_duration
from simulator.core.version import __version__
from simulator.report.page import environment
from simulator.report.verification import words
from simulator.report.verification.words import Control
from simulator.verify import CheckResult, Verification
from simulator.verify.clauses import DISCLAIMER, Framework, find_clause, frameworks, tags_version

_WIDTH = 100.0
"""Of the picture of an interval, in its own units."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A value with its interval and its limit on a line that begins at 0; places from 0 to 100.

    Attributes:
        value, low, high: where they lie.
        threshold: where it lies, None if there is none.
    """

    value: float
    low: float
    high: float
    threshold: float | None


def page(verification: Verification) -> str:
    """Return the page of a verification."""
    return (
        environment("simulator.report.verification")
        .get_template("page.html.jinja")
        .render(
            title=verification.scenario,
            version=__version__,
            facts=list(_facts(verification)),
            **parts(verification),
        )
    )


def parts(verification: Verification) -> dict[str, object]:
    """Return what the macros in ``verdicts.html.jinja`` need to show a verification."""
    controls = words.controls(words.within_run(verification))
    return {
        "verification": verification,
        "headline": words.headline(verification),
        "controls": controls,
        "words": words,
        "picture": picture,
        "disclaimer": DISCLAIMER,
        "tags_version": tags_version(),
        "clauses": list(_clauses(controls)),
    }


def picture(check: CheckResult) -> Picture | None:
    """Return how a value lies to its interval and its limit; None if there is nothing to compare it with."""
    value, low, high, threshold = check.value, check.low, check.high, check.threshold
    if value is None or (low is None and high is None and threshold is None):
        return None
    low, high = value if low is None else low, value if high is None else high
    most = max(value, high, threshold or 0.0) * 1.08 or 1.0

    def at(number: float) -> float:
        return round(min(max(number / most, 0.0), 1.0) * _WIDTH, 2)

    return Picture(at(value), at(low), at(high), None if threshold is None else at(threshold))


def _facts(verification: Verification) -> Iterable[tuple[str, str]]:
    join = verification.join
    yield "Run", verification.run
    yield "Traced", words.traced(verification)
    if join.joined:
        ways = ((join.by_message, "message"), (join.by_canary, "a person's data"), (join.by_group, "group"))
        yield "Known by", ", ".join(f"{count:,} by {way}" for count, way in ways if count)
    yield "Took", format_duration(verification.seconds)


def _clauses(controls: Iterable[Control]) -> Iterable[tuple[Framework, str]]:
    """Yield the frameworks that are touched, each with its clauses in a line."""
    tags = dict.fromkeys(tag for control in controls for tag in control.clauses)
    found = [clause for clause in map(find_clause, tags) if clause is not None]
    for framework in frameworks():
        if own := [clause.id for clause in found if clause.framework == framework]:
            yield framework, words.in_order(own)
