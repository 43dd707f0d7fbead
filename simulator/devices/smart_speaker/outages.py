"""Outages: when a home's line to the internet is down, and its speakers say nothing."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.core.units import DAY, MINUTE

BETWEEN = 14 * DAY
"""Mean seconds from one to the next (assumption)."""
LENGTH = (6 * MINUTE, 1.3)
"""Median (seconds) and log-SD of how long one lasts (assumption: most are a router that starts again)."""


class Outages:
    """The outages of one home, which all its speakers share; each is drawn when the one before is over.

    Args:
        draws: a stream of this home.
    """

    __slots__ = ("_draws", "_end", "_start", "last")

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self.last = (0.0, 0.0)
        """When the last one that is over began and ended."""
        self._start = self._end = 0.0
        self._plan()

    def at(self, now: float) -> bool:
        """Return whether the line is down; `now` never goes back."""
        while now >= self._end:
            self.last = (self._start, self._end)
            self._plan()
        return now >= self._start

    def since(self, then: float) -> float:
        """Return how long the last outage was if it ended after `then`, else 0."""
        start, end = self.last
        return end - start if end > then else 0.0

    def _plan(self) -> None:
        self._start = self._end + self._draws.exponential(BETWEEN)
        self._end = self._start + self._draws.lognormal(*LENGTH)
