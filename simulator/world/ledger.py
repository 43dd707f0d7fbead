"""The ledger: what staff believe is in the shop, what they expect to sell, and what they order.

The policy is a periodic review with an order-up-to level (R, s, S; Silver, Pyke & Peterson, "Inventory
Management and Production Planning and Scheduling", 1998): the review periods are those of the lorries, the
reorder level is what is expected to sell until the delivery after the next one, without a safety stock,
since a small shop has no room for one (assumption), and the order-up-to level fills the shelf.

All of a shop's shelves are reckoned at once, in arrays with an entry for each. The shop works through the
same evenings and mornings here whether the world watches or not: a month of them, before it begins, leaves on
the shelves and on order what this policy leaves there on any day.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulator.core.seeds import Seeds
from simulator.world.assortment import DEPARTMENTS
from simulator.world.promotion import Promotions, lift
from simulator.world.shelf import Item, Shelf

Units = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MEMORY = 0.1
"""Weight of the latest day in the expected sales of an item (exponential smoothing; assumption)."""

PLAN_LOG_SD = 0.35
"""Error of the plan for how much more a promotion will sell (assumption)."""

FRESH_SHARE = 0.8
FEWEST_FRESH = 3
"""Of fresh goods staff order every day, up to this share of what sells within their shelf life at most, and
to so many units at least (assumption)."""

CASE = 6
"""Units in a case of goods that keep; fresh goods come by the piece."""

SMALLEST_FACING = 8
LARGEST_FACING = 200
LIGHTEST_FACING = 4500.0
FACING_DAYS = 3.0
"""A shelf holds some days' sales, and at least so many items, and so many grams that a shelf of small goods
looks full; staff order up to that (assumption)."""

OUT_CHANCE = 0.010
OUT_DAYS = 4.0
"""The supplier runs out of an item so often a day, and for so many days, so that 4 % of the items cannot be
had (assumption). Without that, about 28 % fewer shelves would be empty, the share of empty shelves that is
put down to supply (Gruen & Corsten, "A Comprehensive Guide to Retail Out-of-Stock Reduction", 2008)."""

NOTICE_CHANCE = 0.25
COUNT_DAYS = 90.0
"""What is stolen or broken stays in the books, so that an item can be out while none is ordered (DeHoratius
& Raman, "Inventory record inaccuracy", Management Science 54, 2008: two thirds of the records are wrong).
Staff put a record right when they wonder at an empty shelf, a quarter of the time an evening, and at a
count each quarter (assumption)."""

MONTH = 28
"""Days that the shop has been open before the world begins."""

LOST_UNSEEN = 0.013
"""Units lost for each unit sold before the world begins; afterwards losses have their causes."""

REACH_BACK = 0.3
"""Share of fresh units that shoppers take from the back, where staff put the newest (assumption)."""

KEPT = 21
"""Days up to which deliveries are told apart by age; what keeps longer sells before it expires."""


def facing(item: Item, units_a_day: float) -> int:
    """Return the capacity of a shelf for an item that sells so many units a day."""
    return int(min(max(np.ceil(units_a_day * FACING_DAYS), _least_facing(item)), LARGEST_FACING))


def _least_facing(item: Item) -> int:
    if item.shelf_life <= KEPT:
        return FEWEST_FRESH
    return min(max(round(LIGHTEST_FACING / item.unit_weight), SMALLEST_FACING), LARGEST_FACING)


class Ledger:
    """What staff know of one shop's stock.

    Args:
        seeds: the run's streams; what chance does to supply on a day is keyed by shop and day.
        shop: the shop's id.
        shelves: what it is about.
        expected: units that each is expected to sell in a day, at the usual price.
        promotions: what is cheaper when.

    Attributes:
        expected: as given, and learned from what is sold since.
        room: units in the stockroom.
    """

    __slots__ = (
        "_book",
        "_case",
        "_facing",
        "_gap",
        "_life",
        "_lots",
        "_ordered",
        "_perishable",
        "_promotions",
        "_seeds",
        "_shop",
        "_supplied",
        "expected",
        "room",
    )

    def __init__(
        self,
        seeds: Seeds,
        shop: str,
        shelves: Sequence[Shelf],
        expected: npt.NDArray[np.float64],
        promotions: Promotions,
    ) -> None:
        self._seeds = seeds
        self._shop = shop
        self._promotions = promotions
        items = [shelf.item for shelf in shelves]
        self._gap = np.array([_gaps(item) for item in items]).T
        life = np.array([item.shelf_life for item in items])
        self._perishable = np.flatnonzero(life <= KEPT)
        self._life = life[self._perishable].astype(np.int64)
        self._case = np.where(life <= KEPT, 1, CASE)
        self._facing = np.array([_least_facing(item) for item in items])
        self.expected = expected.copy()
        self.room = np.array([shelf.stock for shelf in shelves])
        self._book = self.room.copy()
        self._ordered = np.zeros_like(self.room)
        self._supplied = np.ones(len(items), dtype=bool)
        self._lots = np.zeros((len(self._perishable), KEPT + 1), dtype=np.int16)
        self._lots[:, 0] = self.room[self._perishable]

    def deliver(self, day: int) -> None:
        """Take in what comes on the morning of a local day (since 1970-01-01): it goes to the stockroom."""
        arrived = np.where(self._gap[_weekday(day)] > 0, self._ordered, 0)
        self._ordered -= arrived
        self.room += arrived
        self._book += arrived
        self._lots[:, 1:] = self._lots[:, :-1]
        self._lots[:, 0] = arrived[self._perishable]

    def expire(self, on_shelf: Units) -> Units:
        """Return the units of each item that are past their shelf life, and write them off.

        Args:
            on_shelf: units on each shelf; those to be taken off are still there.
        """
        self._take_from_lots(on_shelf + self.room)
        rows, lots = self._perishable, self._lots
        old = np.arange(KEPT + 1) >= self._life[:, None]
        expired = np.zeros_like(self.room)
        expired[rows] = (lots * old).sum(axis=1)
        lots[old] = 0
        self._book = np.maximum(self._book - expired, 0)
        return expired

    def close(self, day: int, on_shelf: Units, sold: Units, ran_out: Flags) -> None:
        """Do the books of a local day, and order what tomorrow's lorries can bring.

        Args:
            day: the day that is over.
            on_shelf: units on each shelf.
            sold: units that were sold today, as the till knows.
            ran_out: whether a shelf was empty at any time, when more may have been wanted than was sold.
        """
        generator = self._seeds.draws("supply", self._shop, day).generator()
        noticing, counting, supplying = generator.random((3, len(sold)))
        plan = np.exp(PLAN_LOG_SD * generator.standard_normal(len(sold)))
        there = on_shelf + self.room
        self._take_from_lots(there)
        usual = sold / self._lift(day)
        usual = np.where(ran_out, np.maximum(usual, self.expected), usual)
        self.expected += MEMORY * (usual - self.expected)
        self._book = np.maximum(self._book - sold, 0)
        right = ((there == 0) & (noticing < NOTICE_CHANCE)) | (counting * COUNT_DAYS < 1.0)
        self._book = np.where(right, there, self._book)
        self._supplied = np.where(self._supplied, supplying > OUT_CHANCE, supplying * OUT_DAYS < 1.0)
        self._order(day + 1, plan)

    def _take_from_lots(self, there: Units) -> None:
        """Take what is gone off the deliveries that it came with: some the newest, else the oldest."""
        lots = self._lots
        gone = lots.sum(axis=1) - there[self._perishable]
        picky = np.rint(REACH_BACK * gone).astype(np.int64)[:, None]
        newer = np.cumsum(lots, axis=1) - lots
        lots -= np.clip(picky - newer, 0, lots).astype(lots.dtype)
        newer = np.cumsum(lots, axis=1) - lots
        lots[:] = np.clip(there[self._perishable, None] - newer, 0, lots)

    def _order(self, tomorrow: int, plan: npt.NDArray[np.float64]) -> None:
        raised = self._lift(tomorrow)
        rate = self.expected * np.where(raised > 1.0, np.maximum(raised * plan, 1.0), 1.0)
        gap = self._gap[_weekday(tomorrow)]
        # Ordered when it would run out before the delivery after the next one: there is no room for more.
        least = rate * gap
        most = np.maximum(least + rate, self._facing)
        rows = self._perishable
        most[rows] = np.minimum(most[rows], np.maximum(FRESH_SHARE * rate[rows] * self._life, FEWEST_FRESH))
        least[rows] = most[rows]
        owned = self._book + self._ordered
        low = (gap > 0) & self._supplied & (owned <= np.minimum(least, most - 1.0))
        cases = np.ceil((most - owned) / self._case).astype(np.int64)
        self._ordered += np.where(low, cases * self._case, 0)

    def _lift(self, day: int) -> npt.NDArray[np.float64]:
        """Return how much more than usual promotions sell on a day."""
        return lift(self._promotions.discounts(self._promotions.week(day)))

    def live_through_a_month(self, until: int, capacity: Units) -> Units:
        """Work through the days before a local day that nobody saw; return the units on each shelf."""
        on_shelf = np.zeros_like(self.room)
        usual = self.expected.copy()
        for day in range(until - MONTH, until):
            self.deliver(day)
            self.room = self.room + on_shelf - self.expire(on_shelf)
            wanting = usual * self._lift(day)
            generator = self._seeds.draws("before", self._shop, day).generator()
            wanted = generator.poisson(wanting)
            sold = np.minimum(wanted, self.room)
            lost = np.minimum(generator.poisson(LOST_UNSEEN * sold), self.room - sold)
            self.room -= sold + lost
            on_shelf = np.minimum(self.room, capacity)
            self.room -= on_shelf
            self.close(day, on_shelf, sold, wanted >= sold + lost + on_shelf)
        return on_shelf


def _gaps(item: Item) -> list[int]:
    """Return for each weekday until how many days later the next lorry comes, 0 if none comes that day."""
    delivered = DEPARTMENTS[item.department].delivered
    return [
        next(gap for gap in range(1, 8) if (weekday + gap) % 7 in delivered) if weekday in delivered else 0
        for weekday in range(7)
    ]


def _weekday(day: int) -> int:
    # 1970-01-01 was a Thursday.
    return (day + 3) % 7
