"""The time for which a fault befalls a device, or the network."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.core.options import FaultOptions


@dataclass(frozen=True, slots=True)
class Window:
    """From `at` up to, but not including, `until`; simulated seconds, `until` infinite if it does not end."""

    at: float
    until: float = math.inf

    @classmethod
    def of(cls, options: FaultOptions, later: float = 0.0) -> Window:
        """Return the window that the options ask for, moved by some seconds."""
        at = options.at + later
        return cls(at, math.inf if options.lasting is None else at + options.lasting)

    def holds(self, at: float) -> bool:
        """Return whether a moment is in it."""
        return self.at <= at < self.until

    def end(self, duration: float) -> float | None:
        """Return when it ends, None if not within a scenario of this duration."""
        return self.until if self.until < duration else None
