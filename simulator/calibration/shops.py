"""Shops: a cohort of shops that are full of sensors, for four weeks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from simulator.calibration.cohort import Cohort
from simulator.chronicle import Handler, Values
from simulator.core.records import MessageTruth
from simulator.core.units import DAY, MINUTE
from simulator.world.shelf import Shelf

QUARTER = 15 * MINUTE


class Shops(Cohort):
    """Eight shops with the eight hundred households who shop in them.

    Attributes:
        celsius: true temperatures in the fridges at their readings, by device.
        cabinets: the kind of each of these fridges, by device.
    """

    title: ClassVar[str] = "eight shops full of sensors, four weeks"
    cost: ClassVar[float] = 30.0

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__(scale)
        self.celsius: dict[str, list[float]] = {}
        self.cabinets: dict[str, str] = {}

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return {
            "name": "shops",
            "seed": 1859,
            "duration": "28d",
            "world": {"households": 800, "shops": 8},
            "devices": [
                {
                    "kind": "inventory_sensor",
                    "per_shop": 160,
                    "rfid_interval": "1d",
                    "report_interval": "20m",
                }
            ],
        }

    def handlers(self) -> Mapping[str, Handler]:
        """Return what keeps the messages of the sensors."""
        return {"temperature": self._keep_temperature}

    def empty_share(self, shelf: Shelf) -> tuple[float, float]:
        """Return for how many seconds of the opening hours a shelf was empty, and how many there were."""
        looks = self._looks[shelf.id]
        events = self.chronicle.shelf_events[shelf.id]
        if not events:
            return float(len(looks)) if shelf.stock == 0 else 0.0, float(len(looks))
        last = np.searchsorted([event.at for event in events], looks, side="right") - 1
        stocks = np.array([event.stock for event in events])
        first = events[0].stock - events[0].quantity
        return float((np.where(last < 0, first, stocks[last]) == 0).sum()), float(len(looks))

    @cached_property
    def _looks(self) -> Mapping[str, list[float]]:
        """Each quarter of an hour for which a shelf's shop is open, by shelf: an auditor who never rests."""
        days = self.counted_days()
        moments = np.arange(days.start * DAY, days.stop * DAY, QUARTER).tolist()
        looks: dict[str, list[float]] = {}
        for shop in self.chronicle.shops:
            open_at = [at for at in moments if shop.is_open(at)]
            looks |= {shelf.id: open_at for shelf in shop.shelves}
        return looks

    def _keep_temperature(self, truth: MessageTruth, _values: Values) -> None:
        facts: Mapping[str, Any] = truth.facts or {}
        self.cabinets[truth.device] = facts["cabinet"]
        self.celsius.setdefault(truth.device, []).append(facts["celsius"])
