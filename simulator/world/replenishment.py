"""Replenishment: staff order what runs low, deliveries come in the morning, rounds fill the shelves.

Most stock-outs come from ordering and supply, fewer from full stockrooms behind empty shelves (Gruen &
Corsten, "A Comprehensive Guide to Retail Out-of-Stock Reduction", 2008): so some orders lapse here, for
days, and a shelf waits for the next round.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

import simpy

from simulator.core.seeds import Draws
from simulator.core.units import DAY
from simulator.world.fridge import DoorCause
from simulator.world.hours import OpeningHours
from simulator.world.shelf import Item, Shelf, ShelfEvent, StockChange

ORDER_UP_TO_DAYS = 5.0
REORDER_DAYS = 2.0
FACING_DAYS = 3.0
SMALLEST_FACING = 12
LARGEST_FACING = 180
LIGHTEST_FACING = 2500.0
"""The policy: at so many days of expected demand (and at 1 item) staff order up to so many days; a shelf is
laid out for fewer, and the rest waits in the stockroom. It is laid out for at least so many items, and so
many grams that a shelf of small goods looks full (assumption)."""

LAPSE_CHANCE = 0.2
LAPSE_MEAN = 2.5 * DAY
"""An order that nobody placed or the supplier could not fill, and for how long. Set so that about 8.3 % of
the shelves are empty at a time (Gruen & Corsten 2002: worldwide average)."""

EMPTY_AT_FIRST = 0.083
"""Share of shelves that are empty when the world begins; the same average."""

MEMORY = 0.15
"""Weight of the latest day in the expected demand of an item."""

DELIVERY_BEFORE_OPENING = 1.5
FIRST_ROUND_BEFORE_OPENING = 1.0
HOURS_BETWEEN_ROUNDS = 2.0
"""The staff's day, in hours."""

WALK_SECONDS = 25.0
SECONDS_PER_PIECE = 1.5
DOOR_SECONDS = 15.0
"""Getting to the next shelf, putting one item on it, and holding a fridge open for that (assumption)."""

FILL_BELOW = 0.6
"""A round passes by shelves that are fuller than this share of their capacity."""


def facing(item: Item, units_a_day: float) -> int:
    """Return the capacity of a shelf for an item that sells so many units a day."""
    return min(max(math.ceil(units_a_day * FACING_DAYS), _least_facing(item)), LARGEST_FACING)


def _least_facing(item: Item) -> int:
    return min(max(round(LIGHTEST_FACING / item.unit_weight), SMALLEST_FACING), LARGEST_FACING)


@dataclass(slots=True, eq=False)
class Supply:
    """How one shelf is supplied.

    Attributes:
        shelf: which.
        expected: units that staff expect to be asked for in a day.
        asked: units that were asked for today.
        stockroom: units behind the shop.
        ordered: units on their way.
        arrives: simulated second from which the next delivery brings them.
    """

    shelf: Shelf
    expected: float
    asked: int = 0
    stockroom: int = 0
    ordered: int = 0
    arrives: float = math.inf

    @property
    def target(self) -> int:
        """Units to order up to."""
        return max(math.ceil(self.expected * ORDER_UP_TO_DAYS), _least_facing(self.shelf.item))

    @property
    def threshold(self) -> int:
        """Units at or below which it is time to order."""
        return max(math.floor(self.expected * REORDER_DAYS), 1)

    def notice(self, event: ShelfEvent) -> None:
        """Count what shoppers ask for."""
        if event.change is StockChange.PICK:
            self.asked -= event.quantity
        elif event.change is StockChange.UNMET:
            self.asked += 1


class Replenishment:
    """Keeps one shop's shelves stocked.

    Args:
        env: the world's environment.
        hours: the shop's opening hours.
        shelves: what to keep stocked; their stock is set as it would be on any day.
        units_a_day: units that the whole shop is expected to sell in a day; staff learn from there.
        draws: the shop's stream for its supply.
    """

    def __init__(
        self,
        env: simpy.Environment,
        hours: OpeningHours,
        shelves: Sequence[Shelf],
        units_a_day: float,
        draws: Draws,
    ) -> None:
        self._env = env
        self._hours = hours
        self._draws = draws
        self._supplies = [Supply(shelf, units_a_day * shelf.popularity) for shelf in shelves]
        for supply in self._supplies:
            self._begin(supply)
            supply.shelf.observers.append(supply.notice)

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Return the staff's work as a SimPy process: delivery, rounds and orders, day after day."""
        env, calendar = self._env, self._hours.calendar
        duties = self._duties()
        soonest = min(range(len(duties)), key=lambda duty: calendar.next(env.now, duties[duty][0]))
        due = env.now
        while True:
            for hour, duty in duties[soonest:] + duties[:soonest]:
                due = calendar.next(due, hour)
                yield env.timeout(max(due - env.now, 0.0))
                yield from duty()

    def _duties(self) -> list[tuple[float, Callable[[], Generator[simpy.Event, Any, None]]]]:
        """Return the local hour of each piece of work, in the order of the day."""
        opens, closes = self._hours.opens, self._hours.closes
        first = opens - FIRST_ROUND_BEFORE_OPENING
        rounds = math.ceil((closes - first) / HOURS_BETWEEN_ROUNDS)
        return [
            (opens - DELIVERY_BEFORE_OPENING, self._deliver),
            *((first + HOURS_BETWEEN_ROUNDS * count, self._round) for count in range(rounds)),
            (closes, self._order),
        ]

    def _begin(self, supply: Supply) -> None:
        """Put on the shelf and on order what the policy leaves there on any morning before the delivery."""
        shelf, draws, now = supply.shelf, self._draws, self._env.now
        if draws.chance(EMPTY_AT_FIRST):
            owned = 0
            supply.arrives = now + draws.exponential(LAPSE_MEAN)
        else:
            least = max(supply.threshold - round(supply.expected), 1)
            owned = least + draws.below(supply.target - least + 1)
            supply.arrives = now if owned <= supply.threshold else math.inf
        shelf.stock = min(owned, shelf.capacity)
        supply.stockroom = owned - shelf.stock
        supply.ordered = 0 if math.isinf(supply.arrives) else supply.target - owned

    def _deliver(self) -> Generator[simpy.Event, Any, None]:
        for supply in self._supplies:
            if supply.arrives <= self._env.now:
                supply.stockroom += supply.ordered
                supply.ordered = 0
                supply.arrives = math.inf
        yield from ()

    def _round(self) -> Generator[simpy.Event, Any, None]:
        env = self._env
        for supply in self._supplies:
            shelf = supply.shelf
            if not supply.stockroom or shelf.stock > FILL_BELOW * shelf.capacity:
                continue
            yield env.timeout(WALK_SECONDS)
            if shelf.fridge is not None:
                shelf.fridge.open_door(DOOR_SECONDS, DoorCause.STAFF)
            yield env.timeout(SECONDS_PER_PIECE * min(supply.stockroom, shelf.capacity - shelf.stock))
            supply.stockroom -= shelf.restock(env.now, supply.stockroom).quantity

    def _order(self) -> Generator[simpy.Event, Any, None]:
        draws, hours = self._draws, self._hours
        morning = hours.calendar.next(self._env.now, hours.opens - DELIVERY_BEFORE_OPENING)
        for supply in self._supplies:
            supply.expected += MEMORY * (supply.asked - supply.expected)
            supply.asked = 0
            owned = supply.shelf.stock + supply.stockroom
            if supply.ordered or owned > supply.threshold:
                continue
            supply.ordered = supply.target - owned
            supply.arrives = morning
            if draws.chance(LAPSE_CHANCE):
                supply.arrives += draws.exponential(LAPSE_MEAN)
        yield from ()
