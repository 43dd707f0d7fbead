"""Simulated time at a steady speed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SpeedPacer:
    """Messages are due as the simulated clock, running at `speed`, comes to them.

    Attributes:
        speed: simulated seconds a second; 1 is real time, 60 an hour a minute.
        ends_at: seconds after which nothing is due any more.

    Raises:
        ValueError: the speed is not above 0, or not finite.
    """

    speed: float
    ends_at: float = math.inf
    open_loop: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 0 < self.speed < math.inf:
            raise ValueError(f"a speed is a number above 0, not {self.speed:g}")

    def due(self, at: float, index: int) -> float:
        """Return when simulated second `at` comes, infinity if after the end; the count does not matter."""
        due = at / self.speed
        return due if due < self.ends_at else math.inf
