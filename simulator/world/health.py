"""Health: how a person's body departs from its usual self in the course of days and weeks."""

from __future__ import annotations

from simulator.core.units import HOUR

MORNING = 7 * HOUR
"""Seconds after midnight at which it is decided who stays at home."""


class Health:
    """The health of a body to which nothing ever happens; natural ones extend it.

    All methods are functions of time alone, so that whoever asks changes nothing for anybody else. Times are
    simulated seconds.
    """

    __slots__ = ()

    def fever(self, at: float) -> float:
        """Return the rise of body temperature by illness, °C."""
        return 0.0

    def stays_home(self, at: float) -> bool:
        """Return whether the person knows to be ill, and stays at home."""
        return False

    def pulse(self, at: float) -> float:
        """Return by how much the resting pulse is above its usual self, beats a minute."""
        return 0.0

    def skin(self, at: float) -> float:
        """Return by how much the skin is warmer than usual, °C."""
        return 0.0

    def fibrillates(self, at: float) -> bool:
        """Return whether the atria fibrillate, which makes the pulse irregular."""
        return False


STEADY = Health()
"""One for all who need no other."""
