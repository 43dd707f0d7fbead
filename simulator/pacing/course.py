"""The course of a level through stages: straight lines, one after the other."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from simulator.core.stages import Shape, Stage
from simulator.pacing.spell import Spell, joined

SLACK = 1e-6
"""Areas closer together than this are the same: floating point must not make 0.1/s for 30 s four messages."""


class Line(NamedTuple):
    """A straight line.

    Attributes:
        seconds: how long it is, above 0.
        start: the level at its start, at least 0.
        end: the level at its end, at least 0.
    """

    seconds: float
    start: float
    end: float

    @property
    def slope(self) -> float:
        """How much the level rises in a second."""
        return (self.end - self.start) / self.seconds

    @property
    def area(self) -> float:
        """The area under the line."""
        return (self.start + self.end) / 2 * self.seconds


class Course:
    """A level as a function of time from 0 to `seconds`, with the area under it and that area's inverse.

    All three are closed forms of the line that a moment falls on, found by bisection. Between two lines
    the level may jump; the later line counts. The area has no jumps.

    Args:
        stages: one after the other.

    Attributes:
        seconds: how long it takes.
        area: the area under all of it.
        highest: the highest level.

    Raises:
        ValueError: there is no stage.
    """

    __slots__ = ("_areas", "_begins", "_lines", "_slopes", "area", "highest", "seconds")

    def __init__(self, stages: Iterable[Stage]) -> None:
        self._lines = lines = tuple(_lines(stages))
        if not lines:
            raise ValueError("a course needs at least one stage")
        self._slopes = tuple(line.slope for line in lines)
        self._begins = tuple(accumulate((line.seconds for line in lines), initial=0.0))
        self._areas = tuple(accumulate((line.area for line in lines), initial=0.0))
        self.seconds = self._begins[-1]
        self.area = self._areas[-1]
        self.highest = max(max(line.start, line.end) for line in lines)

    def level(self, at: float) -> float:
        """Return the level at a moment; before the start and after the end, that of the start or the end."""
        if at >= self.seconds:
            return self._lines[-1].end
        index = self._line(at)
        line = self._lines[index]
        return line.start + self._slopes[index] * max(at - self._begins[index], 0.0)

    def area_until(self, at: float) -> float:
        """Return the area from the start to a moment; it never decreases, and is whole after the end."""
        if at >= self.seconds:
            return self.area
        index = self._line(at)
        passed = max(at - self._begins[index], 0.0)
        piece = (self._lines[index].start + self._slopes[index] * passed / 2) * passed
        return min(self._areas[index] + max(piece, 0.0), self._areas[index + 1])

    def when(self, area: float) -> float:
        """Return the last moment at which the area until then is no more than `area`.

        The inverse of `area_until` where the level is above 0. Where the level is 0 the area stays, and
        the moment is that at which it goes on.

        Args:
            area: at least 0 and less than the whole.
        """
        index = bisect_right(self._areas, area + SLACK, 0, len(self._lines)) - 1
        rest = area - self._areas[index]
        if rest <= 0:
            return self._begins[index]
        seconds, start, _ = self._lines[index]
        slope = self._slopes[index]
        if slope:
            # The root of slope/2 t² + start t = rest in the form that loses no digits for small slopes.
            divisor = start + math.sqrt(max(start * start + 2 * slope * rest, 0.0))
            passed = 2 * rest / divisor if divisor else seconds
        else:
            passed = rest / start if start else seconds
        return self._begins[index] + min(passed, seconds)

    def above(self, level: float) -> Iterator[Spell]:
        """Yield the spells in which the course is above a level; what is above at the end stays so."""
        return joined(self._pieces_above(level))

    def _pieces_above(self, level: float) -> Iterator[Spell]:
        for begin, (seconds, start, end) in zip(self._begins, self._lines, strict=False):
            if start > level and end > level:
                yield Spell(begin, begin + seconds)
            elif max(start, end) > level:
                crossing = begin + seconds * ((level - start) / (end - start))
                yield Spell(crossing, begin + seconds) if end > level else Spell(begin, crossing)
        if self._lines[-1].end > level:
            yield Spell(self.seconds, math.inf)

    def _line(self, at: float) -> int:
        return max(bisect_right(self._begins, at) - 1, 0)


def _lines(stages: Iterable[Stage]) -> Iterator[Line]:
    level = 0.0
    for stage in stages:
        start = level if stage.start is None else stage.start
        target = start if stage.level is None else stage.level
        match stage.shape:
            case Shape.RAMP:
                yield Line(stage.seconds, start, target)
            case Shape.STEADY | Shape.SOAK:
                yield Line(stage.seconds, target, target)
            case Shape.STEP:
                for step in range(1, stage.steps + 1):
                    height = start + (target - start) * (step / stage.steps)
                    yield Line(stage.seconds / stage.steps, height, height)
            case Shape.SPIKE:
                yield Line(stage.seconds / 2, start, target)
                yield Line(stage.seconds / 2, target, start)
        level = start if stage.shape is Shape.SPIKE else target
