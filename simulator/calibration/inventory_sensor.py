"""What is measured of shops: stock, demand, losses, the cold chain, and what the sensors miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from simulator.calibration.cohort import START, Cohort
from simulator.calibration.estimate import Estimate, Floats, UnmeasurableError, mean, percent
from simulator.calibration.measure import Measure, measures
from simulator.calibration.reader import read
from simulator.calibration.shops import Shops
from simulator.calibration.town import Town
from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, MINUTE
from simulator.world.bearing import Bearing
from simulator.world.fridge_kind import FridgeKind
from simulator.world.motor import TEST_RIG
from simulator.world.shelf import StockChange

SLOWEST = 0.5
"""Items sold a day, below which a daily count says little about its spread."""

RIG_RUNS = 400
"""Bearings that are run to failure."""

BAND = (2.0, 8.0)
"""°C that a cold chain keeps to."""

LOSSES = {
    "external": StockChange.THEFT,
    "internal": StockChange.STAFF_LOSS,
    "process": StockChange.PROCESS_LOSS,
}


def rfid_read_rate() -> Sequence[Estimate]:
    """Tags that are read among 97 items, among 180."""
    calendar = Calendar(datetime.fromisoformat(START))
    return [percent(*zip(*read(items, calendar), strict=True)) for items in (97, 180)]


def out_of_stock(shops: Shops) -> Sequence[Estimate]:
    """Shelves that are empty at a moment."""
    return [percent(*zip(*(shops.empty_share(shelf) for shelf in shops.chronicle.shelves()), strict=True))]


def demand_family(shops: Shops) -> Sequence[Estimate]:
    """Variance over mean of the daily sales of an item."""
    days = shops.counted_days()
    ratios = []
    for shelf in shops.chronicle.shelves():
        sales = np.zeros(len(days))
        for day, event in shops.events(shelf):
            if event.change is StockChange.PICK:
                sales[day - days.start] -= event.quantity
        if sales.mean() >= SLOWEST:
            ratios.append(sales.var(ddof=1) / sales.mean())
    return [mean(ratios)]


def shrink(*cohorts: Cohort) -> Sequence[Estimate]:
    """Value lost as a share of sales, and the shares of its causes."""
    table = np.array([week for cohort in cohorts for week in _weeks(cohort)])
    lost = table[:, 1:].sum(axis=1)
    return [percent(lost, table[:, 0]), *(percent(table[:, 1 + cause], lost) for cause in range(len(LOSSES)))]


def _weeks(shops: Cohort) -> Iterator[Floats]:
    """Yield for each week of each shop the value of what was sold and of what was lost by each cause."""
    days = shops.counted_days()
    causes = list(LOSSES.values())
    for shop in shops.chronicle.shops:
        # Weeks of a shop are the units: days would hide that bad ones come together.
        week = np.zeros((len(days) // 7, 1 + len(causes)))
        for shelf in shop.shelves:
            for day, event in shops.events(shelf):
                number = (day - days.start) // 7
                if number < len(week) and event.change in (StockChange.PICK, *causes):
                    column = 0 if event.change is StockChange.PICK else 1 + causes.index(event.change)
                    week[number, column] -= event.quantity * shelf.item.price
        yield from week


def cold_chain_in_range(shops: Shops) -> Sequence[Estimate]:
    """Time that fridges spend from 2 to 8 °C."""
    return [_in_range(shops, kind) for kind in FridgeKind]


def bearing_ims() -> Sequence[Estimate]:
    """Mean days that a bearing lasts on the test rig."""
    seeds, turns = Seeds(2007), TEST_RIG.rpm / MINUTE
    lives = [
        Bearing(turns, TEST_RIG.load, seeds.draws("rig", number)).life / DAY for number in range(RIG_RUNS)
    ]
    return [mean(lives)]


def _in_range(shops: Shops, kind: FridgeKind) -> Estimate:
    """Return the percentage of readings in the band, of the fridges of a kind."""
    counts = [
        (sum(BAND[0] <= each <= BAND[1] for each in celsius), len(celsius))
        for device, celsius in shops.celsius.items()
        if shops.cabinets[device] == kind.value
    ]
    if len(counts) < 2:
        raise UnmeasurableError(f"the shops have no {kind.value.replace('_', '-')} fridges")
    return percent(*zip(*counts, strict=True))


MEASURES: Mapping[str, Measure] = {
    **measures(Shops, of=(out_of_stock, demand_family, cold_chain_in_range)),
    **measures(Shops, Town, of=(shrink,)),
    **measures(of=(rfid_read_rate, bearing_ims)),
}
"""A measure for each target of the family, by its id."""
