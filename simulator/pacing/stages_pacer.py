"""Rates that change from stage to stage."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import ClassVar

from simulator.core.stages import Stage
from simulator.pacing.course import SLACK, Course
from simulator.pacing.pacer_share import WHOLE, PacerShare


@dataclass(frozen=True, slots=True)
class StagesPacer:
    """Messages are due as the area under a course of rates grows: message k when it reaches k.

    Like those of `RatePacer` at a rate that changes; simulated time follows. After the last stage
    nothing is due any more.

    Attributes:
        stages: one after the other; their levels are messages a second of all workers together.
        share: which part of the rate to keep.
        total: how many messages are due in all.

    Raises:
        ValueError: there is no stage.
    """

    stages: tuple[Stage, ...]
    share: PacerShare = WHOLE
    total: int = field(init=False, compare=False)
    open_loop: ClassVar[bool] = True
    _course: Course = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        course = Course(self.stages)
        messages = math.ceil((course.area - SLACK) * self.share.weight - self.share.offset)
        object.__setattr__(self, "_course", course)
        object.__setattr__(self, "total", max(messages, 0))

    @property
    def ends_at(self) -> float:
        """When the last stage ends."""
        return self._course.seconds

    def due(self, at: float, index: int) -> float:
        """Return when message `index` is due, or infinity if the stages end before it is.

        Simulated time does not matter.
        """
        if index >= self.total:
            return math.inf
        return self._course.when(self.share.whole(index))

    def count(self, until: float) -> int:
        """Return how many messages are due up to and at a moment: exactly those that `due` says so."""
        return bisect_right(range(self.total), until, key=self._due)

    def rate(self, at: float) -> float:
        """Return the rate at a moment, in messages a second of this share; 0 after the end."""
        return self._course.level(at) * self.share.weight if at < self.ends_at else 0.0

    def integral(self, until: float) -> float:
        """Return the messages of this share up to a moment with their fractions: the area under its rate."""
        return self._course.area_until(until) * self.share.weight

    def _due(self, index: int) -> float:
        return self.due(0.0, index)
