"""The radio between a sensor and its gateway: readings that never arrive."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.core.units import MINUTE

FADE_CHANCE = 0.004
FADE_MEAN = 30 * MINUTE
"""How often a reading meets a radio that has faded, and how long that lasts, such as while a trolley stands
in the way (assumption: about 1 % of the readings are missing, in runs, as a Gilbert channel has it)."""


class Radio:
    """Carries a sensor's regular readings. What an event makes it send, it repeats until it is heard.

    Args:
        draws: a stream of the sensor's.
    """

    __slots__ = ("_draws", "_silent_until")

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._silent_until = 0.0

    def carries(self, at: float) -> bool:
        """Return whether a reading of simulated second `at` arrives; times only go up."""
        if at < self._silent_until:
            return False
        if self._draws.chance(FADE_CHANCE):
            self._silent_until = at + self._draws.exponential(FADE_MEAN)
            return False
        return True
