"""Which part of a fleet is connected, from stage to stage."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.core.stages import Stage
from simulator.pacing.course import Course
from simulator.pacing.rank import rank
from simulator.pacing.spell import Spell


@dataclass(frozen=True, slots=True)
class ConnectionPlan:
    """Devices connect in order of rank as the share grows, and leave in reverse as it falls.

    A device is connected while the share is above its rank. After the last stage the share stays.

    Attributes:
        stages: one after the other; their levels are shares of the fleet, 0 to 1.

    Raises:
        ValueError: there is no stage, or a level is above 1.
    """

    stages: tuple[Stage, ...]
    _course: Course = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        course = Course(self.stages)
        if course.highest > 1:
            raise ValueError(f"a share of the fleet is at most 1, not {course.highest:g}")
        object.__setattr__(self, "_course", course)

    @property
    def ends_at(self) -> float:
        """When the last stage ends."""
        return self._course.seconds

    def connected(self, at: float) -> float:
        """Return the share of the fleet that is connected at a moment."""
        return self._course.level(at)

    @staticmethod
    def rank(device: str) -> float:
        """Return the rank of a device, 0 ≤ rank < 1."""
        return rank("connection", device)

    def at(self, rank: float) -> float:
        """Return when a device of a rank connects for the first time, infinity if it never does."""
        return next((spell.begin for spell in self.spells(rank)), math.inf)

    def spells(self, rank: float) -> Iterator[Spell]:
        """Yield the spells in which a device of a rank is connected."""
        return self._course.above(rank)
