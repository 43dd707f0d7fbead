"""A constant rate of messages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from simulator.pacing.pacer_share import WHOLE, PacerShare


@dataclass(frozen=True, slots=True)
class RatePacer:
    """Messages are due at equal distances, exactly `rate` of them a second; simulated time follows.

    Attributes:
        rate: messages a second of all workers together.
        share: which part of the rate to keep.

    Raises:
        ValueError: the rate is not above 0, or not finite.
    """

    rate: float
    share: PacerShare = WHOLE
    open_loop: ClassVar[bool] = True
    ends_at: ClassVar[float] = math.inf

    def __post_init__(self) -> None:
        if not 0 < self.rate < math.inf:
            raise ValueError(f"a rate is a number of messages a second above 0, not {self.rate:g}")

    def due(self, at: float, index: int) -> float:
        """Return when message `index` is due; simulated time does not matter."""
        return self.share.whole(index) / self.rate
