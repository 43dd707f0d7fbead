"""Stages of a load: what a scenario says about each, and what the pacers make of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a level changes during a stage, from where it starts to the level that the stage is about."""

    RAMP = "ramp"
    """In a straight line from the start to the level."""

    STEADY = "steady"
    """The level, all the time."""

    STEP = "step"
    """In equal steps, held for equal times: from one step above the start to the level."""

    SPIKE = "spike"
    """In a straight line up to the level in the first half, and back to the start in the second."""

    SOAK = "soak"
    """As steady; the word says that it is long, to find what leaks."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: the course of a level, which is a rate or a share of the fleet.

    Attributes:
        shape: how the level changes.
        seconds: how long the stage takes, in wall time.
        level: what it is about; None keeps the level that the stage before ended with.
        start: what it starts from; None for where the stage before ended, which is 0 before the first.
        steps: how many steps a `STEP` has; of no meaning elsewhere.

    Raises:
        ValueError: it takes no time or has no end, a level is negative or not finite, or it has no steps.
    """

    shape: Shape
    seconds: float
    level: float | None = None
    start: float | None = None
    steps: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.seconds < math.inf:
            raise ValueError(f"a stage takes a finite time above 0, not {self.seconds:g} s")
        for level in (self.level, self.start):
            if level is not None and not 0 <= level < math.inf:
                raise ValueError(f"a level is a finite number of at least 0, not {level:g}")
        if self.steps < 1:
            raise ValueError(f"a stage has at least 1 step, not {self.steps}")
