"""Promotions: each week some goods are cheaper, and shoppers take more of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.world.shelf import Shelf

PROMOTED_SHARE = 0.08
"""Share of the goods that are on promotion in a week (assumption)."""

DISCOUNTS = (0.15, 0.2, 0.25, 0.33, 0.5)
"""Shares of the price that a promotion takes off (assumption)."""

PRICE_ELASTICITY = -2.62
"""Sales go with the price to this power (Bijmolt, van Heerde & Pieters, "New empirical generalizations on the
determinants of price elasticity", J. Marketing Research 42, 2005: mean of 1,851 elasticities)."""

FIRST_DAY = 2
"""Weekday on which one week's promotions give way to the next one's: Wednesday."""


class Promotions:
    """The promotions of one shop. A week's are keyed by shop and week, and set when the tickets are changed.

    Args:
        calendar: the town's clock.
        seeds: the run's streams.
        shop: the shop's id.
        shelves: what can be promoted.

    Attributes:
        lift: by shelf, how much more than usual its price makes shoppers take now.
    """

    __slots__ = ("_calendar", "_seeds", "_shelves", "_shop", "_week", "lift")

    def __init__(self, calendar: Calendar, seeds: Seeds, shop: str, shelves: Sequence[Shelf]) -> None:
        self._calendar = calendar
        self._seeds = seeds
        self._shop = shop
        self._shelves = shelves
        self._week: int | None = None
        self.lift: npt.NDArray[np.float64] = np.ones(len(shelves))

    def change_tickets(self, at: float) -> None:
        """Set the prices of the week that `at` lies in."""
        week = self.week(self._calendar.day(at))
        if week != self._week:
            self._week = week
            discounts = self.discounts(week)
            self.lift = lift(discounts)
            for shelf, discount in zip(self._shelves, discounts.tolist(), strict=True):
                shelf.discount = discount

    def week(self, day: int) -> int:
        """Return the number of the week of promotions that a local day (since 1970-01-01) lies in."""
        return (day + _EPOCH_WEEKDAY - FIRST_DAY) // 7

    def discounts(self, week: int) -> npt.NDArray[np.float64]:
        """Return the discount on each shelf in a week, 0 for what is not promoted."""
        generator = self._seeds.draws("promotion", self._shop, week).generator()
        promoted = generator.random(len(self._shelves)) < PROMOTED_SHARE
        discounts: npt.NDArray[np.float64] = promoted * generator.choice(DISCOUNTS, len(self._shelves))
        return discounts


_EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday."""


def lift(discounts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how much more than usual is sold at discounts given as shares of the price."""
    return np.asarray((1.0 - discounts) ** PRICE_ELASTICITY)
