"""The course of a run in a line of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from simulator.report import words
from simulator.report.timeline import Stretch

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-:=+*#"
"""The same in letters that every terminal has."""

GAP = " "
"""Where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Course:
    """Something that changed over time.

    Attributes:
        what: with its unit.
        values: one for each stretch, None where nothing was measured.
        most: the greatest, in words.
    """

    what: str
    values: Sequence[float | None]
    most: str

    def drawn(self, width: int, levels: str = BLOCKS) -> str:
        """Return it as a line of at most so many letters."""
        return sparkline(self.values, width, levels)


def courses(stretches: Sequence[Stretch]) -> list[Course]:
    """Return the rate and what latencies a run has, stretch by stretch."""
    found = [
        _course("messages/s", stretches, lambda each: each.rate(each.delivered)),
        _course("publish p99, ms", stretches, lambda each: each.publish.p99),
        _course("end to end p99, ms", stretches, lambda each: each.end_to_end.p99),
    ]
    if not any(value is not None for value in found[1].values):
        found.append(_course("lag p99, ms", stretches, lambda each: each.lag.p99))
    return [course for course in found if any(value is not None for value in course.values)]


def _course(what: str, stretches: Iterable[Stretch], value: Callable[[Stretch], float | None]) -> Course:
    values = [value(each) for each in stretches]
    return Course(
        what, values, words.figures(max((each for each in values if each is not None), default=None))
    )


def sparkline(values: Sequence[float | None], width: int, levels: str = BLOCKS) -> str:
    """Return values as letters of different heights, the greatest of all as the highest.

    Of more values than letters, each letter shows the greatest of some, so that no peak is lost.

    Args:
        values: not below 0; None where there is none.
        width: most letters.
        levels: letters from the lowest to the highest.
    """
    count = min(width, len(values))
    edges = [len(values) * number // count for number in range(count + 1)] if count else []
    shown = [
        max((value for value in values[start:end] if value is not None), default=None)
        for start, end in pairwise(edges)
    ]
    most = max((value for value in shown if value is not None), default=0.0)
    return "".join(GAP if value is None else _letter(value, most, levels) for value in shown)


def _letter(value: float, most: float, levels: str) -> str:
    share = value / most if most > 0 else 0.0
    return levels[min(int(share * len(levels)), len(levels) - 1)]
