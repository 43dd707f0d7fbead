"""The radio between a sensor and its gateway: readings that never arrive."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.core.units import DAY, MINUTE

FADE_EVERY = 2.6 * DAY
FADE_MEAN = 30 * MINUTE
"""How long it is from one fading to the next, and how long that lasts, such as while a trolley stands in the
way (assumption: about 1 % of the readings are missing, in runs, as a Gilbert channel has it)."""


class Radio:
    """Carries a sensor's regular readings. What an event makes it send, it repeats until it is heard.

    Args:
        at: simulated second from which on it is asked.
        draws: a stream of the sensor's.
    """

    __slots__ = ("_back_at", "_draws", "_fades_at")

    def __init__(self, at: float, draws: Draws) -> None:
        self._draws = draws
        self._back_at = at
        self._fades_at = at
        self._plan()

    def carries(self, at: float) -> bool:
        """Return whether a reading of simulated second `at` arrives; times only go up."""
        while at >= self._back_at:
            self._plan()
        return at < self._fades_at

    def _plan(self) -> None:
        """Settle when it fades next, and until when."""
        self._fades_at = self._back_at + self._draws.exponential(FADE_EVERY)
        self._back_at = self._fades_at + self._draws.exponential(FADE_MEAN)
