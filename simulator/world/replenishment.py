"""Replenishment: deliveries come in the morning, rounds fill the shelves, staff order when the shop closes.

Most stock-outs come from ordering and supply, fewer from full stockrooms behind empty shelves (Gruen &
Corsten, "A Comprehensive Guide to Retail Out-of-Stock Reduction", 2008): see the ledger for the former, and
here for shelves that wait for a round, or are overlooked in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np
import simpy

from simulator.core.seeds import Draws
from simulator.world.fridge import DoorCause
from simulator.world.hours import OpeningHours
from simulator.world.ledger import Ledger, Units
from simulator.world.promotion import Promotions
from simulator.world.shelf import Shelf, StockChange

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

OVERLOOKED = 0.3
"""Share of the shelves to be filled that a round passes by all the same, such as when an item is not found
in the stockroom (assumption)."""


class Replenishment:
    """Keeps one shop's shelves stocked.

    Args:
        env: the world's environment.
        hours: the shop's opening hours.
        shelves: what to keep stocked; their stock is set as it would be on any day.
        ledger: what staff know about them.
        promotions: whose tickets staff change.
        draws: the shop's stream for its rounds.
    """

    __slots__ = ("_draws", "_env", "_hours", "_ledger", "_promotions", "_shelves", "_sold")

    def __init__(
        self,
        env: simpy.Environment,
        hours: OpeningHours,
        shelves: Sequence[Shelf],
        ledger: Ledger,
        promotions: Promotions,
        draws: Draws,
    ) -> None:
        self._env = env
        self._hours = hours
        self._shelves = shelves
        self._ledger = ledger
        self._promotions = promotions
        self._draws = draws
        self._sold = np.zeros(len(shelves), dtype=np.int64)
        today = hours.calendar.day(env.now)
        on_shelf = ledger.live_through_a_month(today, np.array([shelf.capacity for shelf in shelves]))
        for shelf, stock in zip(shelves, on_shelf.tolist(), strict=True):
            shelf.stock = stock
        promotions.change_tickets(env.now)

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
            (opens - DELIVERY_BEFORE_OPENING, self._prepare),
            *((first + HOURS_BETWEEN_ROUNDS * count, self._round) for count in range(rounds)),
            (closes, self._close),
        ]

    def _prepare(self) -> Generator[simpy.Event, Any, None]:
        """Take in the delivery, change the tickets, and throw away what has expired."""
        env, ledger = self._env, self._ledger
        ledger.deliver(self._hours.calendar.day(env.now))
        self._promotions.change_tickets(env.now)
        on_shelf = self._on_shelf()
        expired = ledger.expire(on_shelf)
        from_shelf = np.minimum(expired, on_shelf)
        ledger.room -= expired - from_shelf
        for number in np.flatnonzero(from_shelf).tolist():
            yield env.timeout(WALK_SECONDS)
            shelf = self._shelves[number]
            # Somebody may have been there before.
            if shelf.stock:
                _reach_into(shelf)
                shelf.lose(env.now, StockChange.EXPIRED, int(from_shelf[number]))

    def _round(self) -> Generator[simpy.Event, Any, None]:
        env, room = self._env, self._ledger.room
        waiting = np.flatnonzero(room)
        found = self._draws.generator().random(len(waiting)) >= OVERLOOKED
        for number in waiting[found].tolist():
            shelf = self._shelves[number]
            if shelf.stock > FILL_BELOW * shelf.capacity:
                continue
            yield env.timeout(WALK_SECONDS)
            _reach_into(shelf)
            units = min(int(room[number]), shelf.capacity - shelf.stock)
            yield env.timeout(SECONDS_PER_PIECE * units)
            room[number] -= shelf.restock(env.now, int(room[number])).quantity

    def _close(self) -> Generator[simpy.Event, Any, None]:
        sold = np.array([shelf.sold for shelf in self._shelves])
        ran_out = np.array([shelf.ran_out or not shelf.stock for shelf in self._shelves])
        today = self._hours.calendar.day(self._env.now - 1.0)
        self._ledger.close(today, self._on_shelf(), sold - self._sold, ran_out)
        self._sold = sold
        for shelf in self._shelves:
            shelf.ran_out = False
        yield from ()

    def _on_shelf(self) -> Units:
        return np.array([shelf.stock for shelf in self._shelves])


def _reach_into(shelf: Shelf) -> None:
    if shelf.fridge is not None:
        shelf.fridge.open_door(DOOR_SECONDS, DoorCause.STAFF)
