"""As fast as the machine and the broker go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MaxPacer:
    """Every message is due at once, so the run takes one whenever it can: a closed loop.

    The broker's speed sets the pace, which finds a maximum but hides what a fixed load would suffer.
    """

    open_loop: ClassVar[bool] = False
    ends_at: ClassVar[float] = math.inf

    def due(self, at: float, index: int) -> float:
        """Return 0: nothing has to wait."""
        return 0.0
