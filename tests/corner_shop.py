"""A shop with shoppers who do nothing but shop: what tests of the shop and its sensors run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import simpy

from simulator.core.ageing import Ageing
from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.customer import Customer
from simulator.world.fridge import FridgeEvent
from simulator.world.motor import MotorEvent
from simulator.world.place import Place, PlaceKind
from simulator.world.shelf import Shelf, ShelfEvent
from simulator.world.shop import Shop, build_shop

DAYS_BETWEEN_VISITS = 7 / 1.69
"""Shopping trips of a household: 1.69 a week (FMI 2011)."""

PEOPLE = (1, 1, 2, 2, 2, 3, 4, 4, 5)

Event = ShelfEvent | FridgeEvent | MotorEvent


@dataclass(frozen=True)
class Visit:
    """A visit as the shopper knows it; simulated seconds."""

    shopper: str
    start: float
    end: float


class CornerShop:
    """A shop from 04:00 on a Monday, UTC, with a log of all that happens in it.

    Attributes:
        log: (id of shelf, fridge or motor, event) in order.
        visits: by shopper; each comes once, for one of the households that shop here.
    """

    def __init__(
        self,
        seed: int = 1,
        shelves: int = 40,
        visits_a_day: float = 20.0,
        ageing: Ageing = Ageing.SERVICE,
    ) -> None:
        self.env = simpy.Environment()
        self.calendar = Calendar(datetime(2026, 3, 2, 4, tzinfo=UTC))
        self.seeds = Seeds(seed)
        place = Place("n0-s0-place", PlaceKind.SHOP, -31.0, 137.0)
        self.shop: Shop = build_shop(
            self.env,
            self.calendar,
            self.seeds,
            "n0-s0",
            place,
            shelves=shelves,
            visits_a_day=visits_a_day,
            ageing=ageing,
        )
        self.log: list[tuple[str, Event]] = []
        self.visits: dict[str, Visit] = {}
        for thing in (*self.shop.shelves, *self.shop.fridges, *self.shop.motors):
            self._record(thing.id, thing.observers)
        self.env.process(self._street(visits_a_day))

    def stocks(self) -> list[int]:
        """Return the stock of each shelf."""
        return [shelf.stock for shelf in self.shop.shelves]

    def shelf(self, name: str) -> Shelf:
        """Return the shelf of an id."""
        return next(shelf for shelf in self.shop.shelves if shelf.id == name)

    def shelf_events(self) -> list[tuple[Shelf, ShelfEvent]]:
        """Return what happened to shelves."""
        shelves = {shelf.id: shelf for shelf in self.shop.shelves}
        return [(shelves[name], event) for name, event in self.log if isinstance(event, ShelfEvent)]

    def _record(self, name: str, observers: list) -> None:  # type: ignore[type-arg]
        observers.append(lambda event: self.log.append((name, event)))

    def _street(self, visits_a_day: float) -> Iterator[simpy.Event]:
        draws, calendar, env = self.seeds.draws("street"), self.calendar, self.env
        while True:
            yield env.timeout(draws.exponential(13 * HOUR / visits_a_day))
            duration = draws.uniform(15 * MINUTE, 61 * MINUTE)
            if self.shop.is_open(env.now) and self.shop.is_open(env.now + duration):
                visit = Visit(f"shopper{len(self.visits)}", env.now, env.now + duration)
                self.visits[visit.shopper] = visit
                stream = self.seeds.draws("basket", visit.shopper)
                home = draws.below(1 + int(visits_a_day * DAYS_BETWEEN_VISITS))
                customer = Customer(f"h{home}", PEOPLE[home % len(PEOPLE)])
                env.process(self.shop.browse(visit.shopper, duration, stream, customer))
            elif calendar.hour(env.now) > 20:
                yield env.timeout(calendar.next(env.now, 7.0) - env.now)


def out_of_stock_share(corner: CornerShop, days: int) -> float:
    """Run for some days; return the share of empty shelves, as seen every quarter of an hour."""
    seen = []
    for moment in range(int(corner.env.now) + 900, int(corner.env.now + days * DAY), 900):
        corner.env.run(until=moment)
        stocks = corner.stocks()
        seen.append(stocks.count(0) / len(stocks))
    return sum(seen) / len(seen)
