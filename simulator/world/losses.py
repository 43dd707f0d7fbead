"""Shrinkage: what leaves the shelves without being sold, and why.

Each loss has a cause of its own: strangers steal where there are people, staff take things on their shifts,
and what is handled breaks. How much each makes of sales is what retailers report: 1.57 %, and of that 36 %
external, 29 % internal, 27 % process and control failures, the rest of unknown cause (National Retail
Federation, "National Retail Security Survey 2023", fiscal year 2022). What expires is thrown away and written
off, so that is no shrinkage.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import simpy

from simulator.core.seeds import Draws, Seeds
from simulator.core.units import DAY, HOUR
from simulator.world.fridge import DoorCause
from simulator.world.hours import OpeningHours
from simulator.world.ledger import Ledger
from simulator.world.shelf import Shelf, StockChange

THEFTS_A_VISIT = 0.04
"""Thefts for each visit of a shopper. Of the customers who were followed, 1.2 and 1.8 % stole in English
stores (Buckle & Farrington, "An observational study of shoplifting", British J. Criminology 24, 1984, and
again ten years later), 8.5 % in an American drug store (Dabney, Hollinger & Dugan, "Who actually steals?",
Justice Quarterly 21, 2004); here it is in between."""

MORE_GOODS = 0.3
UNITS_STOLEN = 1.5
"""A thief takes so many goods beyond the first, and so many units of each (assumption: things worth about
$15, with which the thefts make some 0.6 % of sales)."""

TAKINGS_AN_HOUR = 160.0
SHIFT = 6.0
"""Dollars that a shop takes for each hour of staff, and hours of a shift (assumption)."""

TAKEN_A_SHIFT = 0.37
UNITS_TAKEN = 2.0
"""How often somebody takes something home from a shift, and how many units (a third of the employees say
that they take things: Hollinger & Clark, "Theft by Employees", 1983; how often is set by the survey's 29
%)."""

BROKEN_A_UNIT = 0.0052
"""Units that break, or go astray, for each unit handled (assumption, by the survey's 27 %)."""

STAFF_HOURS = 1.0
"""Staff are in the shop for so many hours before opening and after closing."""


class Losses:
    """Takes items off one shop's shelves that nobody buys.

    Args:
        env: the world's environment.
        hours: the shop's opening hours.
        seeds: the run's streams; what staff do on a day is keyed by shop and day.
        shop: the shop's id.
        shelves: where items can be lost.
        ledger: knows how much is sold, and so how many staff there are and how much they handle.
    """

    __slots__ = ("_desire", "_env", "_hours", "_ledger", "_prices", "_seeds", "_shelves", "_shop")

    def __init__(
        self,
        env: simpy.Environment,
        hours: OpeningHours,
        seeds: Seeds,
        shop: str,
        shelves: Sequence[Shelf],
        ledger: Ledger,
    ) -> None:
        self._env = env
        self._hours = hours
        self._seeds = seeds
        self._shop = shop
        self._shelves = shelves
        self._ledger = ledger
        self._prices = np.array([shelf.item.price for shelf in shelves])
        # Thieves choose what is valuable (Clarke, "Hot Products", Home Office 1999).
        self._desire = self._prices * np.array([shelf.popularity for shelf in shelves])

    def tempt(self, duration: float, draws: Draws) -> None:
        """Let a stranger steal, now and then, while a shopper is in the shop.

        Args:
            duration: seconds of the visit that begins now.
            draws: the visit's own stream.
        """
        if draws.chance(THEFTS_A_VISIT):
            at = draws.uniform() * duration
            for _ in range(1 + draws.poisson(MORE_GOODS)):
                units = _geometric(UNITS_STOLEN, draws)
                theft = self._env.timeout(at)
                theft.callbacks.append(_Loss(self, StockChange.THEFT, units, self._choose(draws)))

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Return what is lost through staff as a SimPy process."""
        env, calendar, opens = self._env, self._hours.calendar, self._hours.opens
        morning = calendar.next(env.now - DAY, opens - STAFF_HOURS)
        while True:
            draws = self._seeds.draws("losses", self._shop, calendar.day(morning))
            for at, change, units in self._plan(morning, draws):
                number = self._choose(draws, change is StockChange.STAFF_LOSS)
                if at >= env.now:
                    yield env.timeout(at - env.now)
                    self._lose(change, units, number)
            morning = calendar.next(morning + HOUR, opens - STAFF_HOURS)
            yield env.timeout(max(morning - env.now, 0.0))

    def _plan(self, morning: float, draws: Draws) -> list[tuple[float, StockChange, int]]:
        """Return when what is lost on one day, and how many units."""
        expected = self._ledger.expected
        shifts = float(np.dot(expected, self._prices)) / (TAKINGS_AN_HOUR * SHIFT)
        taken = draws.poisson(TAKEN_A_SHIFT * shifts)
        broken = draws.poisson(BROKEN_A_UNIT * float(expected.sum()))
        end = morning + (self._hours.closes - self._hours.opens + 2 * STAFF_HOURS) * HOUR
        plan = [
            (draws.uniform(morning, end), StockChange.STAFF_LOSS, _geometric(UNITS_TAKEN, draws))
            for _ in range(taken)
        ]
        plan += [(draws.uniform(morning, end), StockChange.PROCESS_LOSS, 1) for _ in range(broken)]
        return sorted(plan)

    def _choose(self, draws: Draws, by_price: bool = True) -> int:
        """Return the number of the shelf that something is taken from."""
        weights = self._desire if by_price else self._ledger.expected
        cumulative = np.cumsum(weights)
        return int(np.searchsorted(cumulative[:-1], draws.uniform() * cumulative[-1], side="right"))

    def _lose(self, change: StockChange, units: int, number: int) -> None:
        shelf = self._shelves[number]
        if shelf.stock:
            if shelf.fridge is not None:
                theft = change is StockChange.THEFT
                shelf.fridge.open_door(_GRASP, DoorCause.STRANGER if theft else DoorCause.STAFF)
            shelf.lose(self._env.now, change, units)


class _Loss:
    """A theft that is about to happen."""

    __slots__ = ("_change", "_losses", "_number", "_units")

    def __init__(self, losses: Losses, change: StockChange, units: int, number: int) -> None:
        self._losses = losses
        self._change = change
        self._units = units
        self._number = number

    def __call__(self, _: simpy.Event) -> None:
        self._losses._lose(self._change, self._units, self._number)


_GRASP = 5.0
"""Seconds for which a fridge is open while something is taken out."""


def _geometric(mean: float, draws: Draws) -> int:
    """Return a count of at least 1 with a geometric distribution."""
    return 1 + int(math.log(1.0 - draws.uniform()) / math.log(1.0 - 1.0 / mean))
