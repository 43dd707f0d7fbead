"""What shoppers want: how much of what, and when in their visit they reach for it.

Nothing here is a process of demand of its own. What a shelf is asked for on a day is the sum over those who
came, each with the tastes of a household, its mouths to feed, what they came for, and this week's
promotions; that makes it overdispersed (as daily sales of one item are: Agrawal & Smith, Naval Research
Logistics 43, 1996).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.core.seeds import Draws, Seeds
from simulator.core.units import MINUTE
from simulator.world.assortment import catalogue
from simulator.world.customer import EXTRA_UNITS_A_HEAD, Customer, Weights, tastes
from simulator.world.mission import MISSIONS, shares
from simulator.world.promotion import Promotions
from simulator.world.shelf import Shelf

SECONDS_PER_ITEM = 150.0
"""Time in the shop for each time that a shopper reaches for something (assumption: 15 in 38 minutes)."""

BASKET_LOG_SD = 0.45
"""Spread of their number among visits of one length (assumption)."""

SHORTEST_REACH = 10.0
"""Nobody takes items off shelves faster than one in so many seconds on average."""

WALK_IN = 0.04
WALK_OUT = 0.92
"""Between these shares of a visit the shopper is at the shelves; before is the entrance, after the till."""

HOLD_MEDIAN = 7.0
HOLD_LOG_SD = 0.4
"""Seconds for which a shopper holds a fridge's door open (assumption)."""

USUAL_VISIT = 38 * MINUTE
"""Usual length of a visit (Time Use Institute: 41 minutes at weekends, 34 on weekdays)."""

USUAL_PEOPLE = 2.5
"""People in a household (US Census Bureau 2022: 2.5)."""

UNITS_A_VISIT = USUAL_VISIT / SECONDS_PER_ITEM * (1.0 + EXTRA_UNITS_A_HEAD * USUAL_PEOPLE)
"""Units that a shopper usually wants."""


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
        seeds: the run's streams; tastes are keyed by household.
        shelves: in the order in which a shopper walks past them.
        promotions: what is cheaper now.
    """

    __slots__ = ("_goods", "_popularity", "_promotions", "_pull", "_seeds", "_shelves")

    def __init__(self, seeds: Seeds, shelves: Sequence[Shelf], promotions: Promotions) -> None:
        self._seeds = seeds
        self._shelves = shelves
        self._promotions = promotions
        number = {good.item.sku: place for place, good in enumerate(catalogue())}
        self._goods = np.array([number[shelf.item.sku] for shelf in shelves])
        self._popularity = np.array([shelf.popularity for shelf in shelves])
        self._pull = _pulls(shelves)

    def basket(self, duration: float, customer: Customer, draws: Draws) -> list[Wish]:
        """Return what the shopper of a visit wants, in the order of the aisles.

        Args:
            duration: the visit's seconds; a visit of a few seconds has an empty basket.
            customer: whom they shop for.
            draws: the visit's own stream.
        """
        median = duration / SECONDS_PER_ITEM * _MEDIAN_OF_MEAN
        count = min(max(round(draws.lognormal(median, BASKET_LOG_SD)), 1), int(duration / SHORTEST_REACH))
        pull = draws.choice(self._pull, shares(duration))
        weights = self._popularity * self._promotions.lift * pull
        weights *= tastes(customer, self._seeds)[self._goods]
        cumulative = np.cumsum(weights)
        generator = draws.generator()
        reached = np.searchsorted(cumulative[:-1], generator.random(count) * cumulative[-1], side="right")
        pieces = generator.geometric(1.0 / (1.0 + customer.extra_units), count)
        wanted = np.bincount(reached, pieces)
        shelves = np.flatnonzero(wanted).tolist()
        moments = np.sort(generator.uniform(WALK_IN * duration, WALK_OUT * duration, len(shelves))).tolist()
        holding = (HOLD_MEDIAN * np.exp(HOLD_LOG_SD * generator.standard_normal(len(shelves)))).tolist()
        return [
            Wish(after, self._shelves[shelf], int(wanted[shelf]), hold)
            for after, shelf, hold in zip(moments, shelves, holding, strict=True)
        ]


def usual_demand(shelves: Sequence[Shelf]) -> Weights:
    """Return each shelf's share of all units that are wanted in a usual week without promotions."""
    popularity = np.array([shelf.popularity for shelf in shelves])
    usual = np.zeros(len(shelves))
    for share, pull in zip(shares(USUAL_VISIT), _pulls(shelves), strict=True):
        usual += share * popularity * pull / np.dot(popularity, pull)
    return usual


def _pulls(shelves: Sequence[Shelf]) -> list[Weights]:
    """Return how much each mission draws shoppers to each shelf."""
    return [np.array([mission.weight(shelf.item.department) for shelf in shelves]) for mission in MISSIONS]


_MEDIAN_OF_MEAN = math.exp(-(BASKET_LOG_SD**2) / 2)
