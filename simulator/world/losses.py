"""Shrinkage: what leaves the shelves without being sold, and why."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import simpy

from simulator.core.seeds import Draws, Seeds
from simulator.core.units import DAY, HOUR
from simulator.world.hours import OpeningHours
from simulator.world.shelf import Shelf, ShelfEvent, StockChange

SHRINK_OF_SALES = 0.0157
"""Value lost as a share of sales (National Retail Federation, "National Retail Security Survey 2023",
fiscal year 2022)."""

MEMORY = 0.15
"""Weight of the latest day in the expected takings."""

STAFF_HOURS = 1.0
"""Staff are in the shop for so many hours before opening and after closing."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One cause of shrinkage.

    Attributes:
        change: the cause.
        share: of the value lost. The survey's 36, 29 and 27 %; its remaining 8 % of unknown cause is spread
            over the three.
        while_open: whether it takes an open shop.
        price_power: how much it prefers dear goods: 0 not at all, 1 in proportion to the price. Thieves
            choose what is valuable (Clarke, "Hot Products", Home Office 1999); damage does not choose.
    """

    change: StockChange
    share: float
    while_open: bool
    price_power: float

    def weight(self, shelf: Shelf) -> float:
        """Return how likely a shelf is to suffer this loss, in relation to others."""
        return float(shelf.popularity * shelf.item.price**self.price_power)


LOSSES = (
    Loss(StockChange.THEFT, 36 / 92, while_open=True, price_power=1.0),
    Loss(StockChange.STAFF_LOSS, 29 / 92, while_open=False, price_power=1.0),
    Loss(StockChange.PROCESS_LOSS, 27 / 92, while_open=False, price_power=0.0),
)


class Losses:
    """Takes single items off one shop's shelves, so many that their value is the usual share of sales.

    Args:
        env: the world's environment.
        hours: the shop's opening hours.
        seeds: the run's streams; the losses of a day are keyed by shop and day.
        shop: the shop's id.
        shelves: where items can be lost.
        takings_a_day: expected sales in dollars a day; learned from there.
    """

    def __init__(
        self,
        env: simpy.Environment,
        hours: OpeningHours,
        seeds: Seeds,
        shop: str,
        shelves: Sequence[Shelf],
        takings_a_day: float,
    ) -> None:
        self._env = env
        self._hours = hours
        self._seeds = seeds
        self._shop = shop
        self._shelves = shelves
        self._expected = takings_a_day
        self._taken = 0.0
        for shelf in shelves:
            shelf.observers.append(_Till(self, shelf.item.price).ring)

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Return the losses as a SimPy process."""
        env, calendar, opens = self._env, self._hours.calendar, self._hours.opens
        morning = calendar.next(env.now - DAY, opens - STAFF_HOURS)
        while True:
            saw_it_all = env.now <= morning
            draws = self._seeds.draws("losses", self._shop, calendar.day(morning))
            for at, loss in self._plan(morning, draws):
                if at >= env.now:
                    yield env.timeout(at - env.now)
                    self._lose(loss, draws)
            morning += DAY
            yield env.timeout(morning - env.now)
            if saw_it_all:
                self._expected += MEMORY * (self._taken - self._expected)
            self._taken = 0.0

    def _plan(self, morning: float, draws: Draws) -> list[tuple[float, Loss]]:
        """Return when what kind of loss happens on one day."""
        opening = morning + STAFF_HOURS * HOUR
        closing = opening + (self._hours.closes - self._hours.opens) * HOUR
        plan: list[tuple[float, Loss]] = []
        for loss in LOSSES:
            weights = [loss.weight(shelf) for shelf in self._shelves]
            values = (weight * shelf.item.price for weight, shelf in zip(weights, self._shelves, strict=True))
            price = sum(values) / sum(weights)
            count = draws.poisson(SHRINK_OF_SALES * loss.share * self._expected / price)
            start, end = (opening, closing) if loss.while_open else (morning, closing + STAFF_HOURS * HOUR)
            plan += [(draws.uniform(start, end), loss) for _ in range(count)]
        return sorted(plan, key=lambda planned: planned[0])

    def _lose(self, loss: Loss, draws: Draws) -> None:
        stocked = [shelf for shelf in self._shelves if shelf.stock]
        if stocked:
            shelf = draws.choice(stocked, [loss.weight(shelf) for shelf in stocked])
            shelf.lose(self._env.now, loss.change, 1)

    def ring_up(self, dollars: float) -> None:
        """Add to the day's takings."""
        self._taken += dollars


class _Till:
    """Rings up what shoppers take off one shelf."""

    __slots__ = ("_losses", "_price")

    def __init__(self, losses: Losses, price: float) -> None:
        self._losses = losses
        self._price = price

    def ring(self, event: ShelfEvent) -> None:
        if event.change is StockChange.PICK:
            self._losses.ring_up(-event.quantity * self._price)
