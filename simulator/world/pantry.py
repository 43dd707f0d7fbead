"""The pantry: how badly a household needs to shop."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.core.units import DAY
from simulator.world.customer import Customer
from simulator.world.haunts import Haunts
from simulator.world.place import Place

LASTS = 3 * DAY
"""Seconds from one shopping trip until the pantry is as empty as it gets (assumption)."""


class Pantry:
    """What a household has at home, and where it is from; whoever shops fills it for all.

    Args:
        stocked_at: simulated seconds of the last shopping trip before the run.
        shops: where the household shops, its usual shop first of all; None if there is no shop.
        feeds: whom it is for, as far as the shop is concerned.
    """

    __slots__ = ("_shops", "_stocked_at", "feeds", "trips")

    def __init__(self, stocked_at: float, shops: Haunts | None = None, feeds: Customer | None = None) -> None:
        self._stocked_at = stocked_at
        self._shops = shops
        self.feeds = feeds
        self.trips = 0

    def need(self, at: float) -> float:
        """Return how much the household needs to shop: 0 just after shopping, at most 1."""
        return min((at - self._stocked_at) / LASTS, 1.0)

    def restock(self, at: float) -> None:
        """Note a shopping trip, when it begins: nobody else need go."""
        self._stocked_at = at
        self.trips += 1

    def choose_shop(self, draws: Draws) -> Place:
        """Return where to shop this time.

        Raises:
            ValueError: there is no shop.
        """
        if self._shops is None:
            raise ValueError("there is no shop to choose from")
        return self._shops.choose(draws)
