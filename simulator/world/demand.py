"""What shoppers want: how much of what, and when in their visit they reach for it."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from simulator.core.calendar import Calendar
from simulator.core.seeds import Draws, Seeds
from simulator.core.units import MINUTE
from simulator.world.shelf import Shelf

SECONDS_PER_ITEM = 150.0
"""Time in the shop for each different item in the basket (assumption: 15 in a trip of 38 minutes)."""

BASKET_LOG_SD = 0.45
"""Spread of the number of different items among visits of one length (assumption)."""

SHORTEST_REACH = 10.0
"""Nobody takes items off shelves faster than one in so many seconds on average."""

QUANTITIES = (1, 2, 3, 4)
QUANTITY_SHARES = (0.78, 0.15, 0.04, 0.03)
MEAN_QUANTITY = sum(n * share for n, share in zip(QUANTITIES, QUANTITY_SHARES, strict=True))
"""How many of one item a shopper wants (assumption)."""

BUSY_DAY_SHAPE = 3.0
"""An item's popularity varies from day to day by a gamma factor of this shape and mean 1. A gamma mixture
of Poisson counts is negative binomial, which daily sales of one item are (Agrawal & Smith, Naval Research
Logistics 43, 1996)."""

WALK_IN = 0.04
WALK_OUT = 0.92
"""Between these shares of a visit the shopper is at the shelves; before is the entrance, after the till."""

HOLD_MEDIAN = 7.0
HOLD_LOG_SD = 0.4
"""Seconds for which a shopper holds a fridge's door open (assumption)."""

USUAL_VISIT = 38 * MINUTE
"""Usual length of a visit (Time Use Institute: 41 minutes at weekends, 34 on weekdays)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One item that a shopper wants.

    Attributes:
        after: seconds into the visit when they reach for it.
        shelf: where they look for it.
        quantity: how many they want.
        holding: seconds for which they hold the door, if it is in a fridge.
    """

    after: float
    shelf: Shelf
    quantity: int
    holding: float


class Demand:
    """Draws the baskets of one shop's visits.

    Args:
        calendar: tells the days apart.
        seeds: the run's streams; what is in demand on a day is keyed by shop and day.
        shop: the shop's id.
        shelves: in the order in which a shopper walks past them.
    """

    def __init__(self, calendar: Calendar, seeds: Seeds, shop: str, shelves: Sequence[Shelf]) -> None:
        self._calendar = calendar
        self._seeds = seeds
        self._shop = shop
        self._shelves = shelves
        self._day: int | None = None
        self._cumulative: list[float] = []

    def basket(self, at: float, duration: float, draws: Draws) -> list[Wish]:
        """Return what the shopper of a visit wants, in the order of the aisles.

        Args:
            at: simulated second when the visit begins.
            duration: its seconds; a visit of a few seconds has an empty basket.
            draws: the visit's own stream.
        """
        median = duration / SECONDS_PER_ITEM * _MEDIAN_OF_MEAN
        count = min(max(round(draws.lognormal(median, BASKET_LOG_SD)), 1), int(duration / SHORTEST_REACH))
        cumulative = self._popularity(self._calendar.day(at))
        wanted: dict[int, int] = {}
        for _ in range(count):
            shelf = bisect(cumulative, draws.uniform(0.0, cumulative[-1]))
            wanted[shelf] = wanted.get(shelf, 0) + draws.choice(QUANTITIES, QUANTITY_SHARES)
        moments = sorted(draws.uniform(WALK_IN, WALK_OUT) * duration for _ in wanted)
        return [
            Wish(after, self._shelves[shelf], wanted[shelf], draws.lognormal(HOLD_MEDIAN, HOLD_LOG_SD))
            for after, shelf in zip(moments, sorted(wanted), strict=True)
        ]

    def _popularity(self, day: int) -> list[float]:
        """Return the cumulative popularity of the shelves on one day."""
        if day != self._day:
            generator = self._seeds.draws("demand", self._shop, day).generator()
            factors = generator.gamma(BUSY_DAY_SHAPE, size=len(self._shelves)).tolist()
            weights = (
                shelf.popularity * factor for shelf, factor in zip(self._shelves, factors, strict=True)
            )
            self._cumulative = list(accumulate(weights))
            self._day = day
        return self._cumulative


_MEDIAN_OF_MEAN = math.exp(-(BASKET_LOG_SD**2) / 2)
