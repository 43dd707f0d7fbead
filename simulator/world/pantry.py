"""The pantry: how badly a household needs to shop."""

from __future__ import annotations

from simulator.core.units import DAY

LASTS = 3 * DAY
"""Seconds from one shopping trip until the pantry is as empty as it gets (assumption)."""


class Pantry:
    """What a household has at home; whoever shops fills it for all.

    Args:
        stocked_at: simulated seconds of the last shopping trip before the run.
    """

    __slots__ = ("_stocked_at", "trips")

    def __init__(self, stocked_at: float) -> None:
        self._stocked_at = stocked_at
        self.trips = 0

    def need(self, at: float) -> float:
        """Return how much the household needs to shop: 0 just after shopping, at most 1."""
        return min((at - self._stocked_at) / LASTS, 1.0)

    def restock(self, at: float) -> None:
        """Note a shopping trip, when it begins: nobody else need go."""
        self._stocked_at = at
        self.trips += 1
