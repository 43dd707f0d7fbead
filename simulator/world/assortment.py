"""What a shop sells: goods from a table of plausible ones, and how popular each is there."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from simulator.core.seeds import Draws
from simulator.world.shelf import Item

ZIPF_EXPONENT = 0.87
"""Sales fall with rank to this power (Brynjolfsson, Hu & Smith, Management Science 49(11), 2003, for
books; groceries are taken to be alike, within a department)."""

LOCAL_TASTE = 0.35
"""Log-SD of a good's popularity from shop to shop (assumption)."""


DAILY = frozenset({0, 1, 2, 3, 4, 5})
THRICE_A_WEEK = frozenset({0, 2, 4})
ONCE_A_WEEK = frozenset({1})
"""Weekdays of deliveries: what is fresh every day but Sunday, dry goods three times a week, and what a
wholesaler of health and household goods brings on Tuesdays (assumption)."""


@dataclass(frozen=True, slots=True)
class Department:
    """A part of the shop.

    Attributes:
        prefix: GS1 prefix of its SKUs, among those reserved for restricted circulation within a company
            or region (02, 04, 200 to 299; GS1 General Specifications), which no real product has.
        share: of all items sold (assumption).
        delivered: weekdays on which a lorry brings it, 0 for Monday.
    """

    prefix: str
    share: float
    chilled: bool = False
    pharmacy: bool = False
    delivered: frozenset[int] = THRICE_A_WEEK


DEPARTMENTS = {
    "produce": Department("02", 0.17, delivered=DAILY),
    "bakery": Department("210", 0.08, delivered=DAILY),
    "breakfast": Department("211", 0.05),
    "pantry": Department("212", 0.12),
    "snacks": Department("213", 0.10),
    "drinks": Department("214", 0.08),
    "household": Department("215", 0.05, delivered=ONCE_A_WEEK),
    "pet": Department("216", 0.02, delivered=ONCE_A_WEEK),
    "baby": Department("217", 0.02, delivered=ONCE_A_WEEK),
    "care": Department("218", 0.04, delivered=ONCE_A_WEEK),
    "pharmacy": Department("04", 0.03, pharmacy=True, delivered=ONCE_A_WEEK),
    "meat": Department("02", 0.07, chilled=True, delivered=DAILY),
    "dairy": Department("220", 0.12, chilled=True, delivered=DAILY),
    "ready": Department("221", 0.05, chilled=True, delivered=DAILY),
}
"""In the order in which a shopper walks past them."""


@dataclass(frozen=True, slots=True)
class Good:
    """An item and its share of all items sold."""

    item: Item
    popularity: float


@cache
def catalogue() -> tuple[Good, ...]:
    """Return all goods there are, in the order of the aisles; popularities sum to 1."""
    table = files("simulator.world").joinpath("goods.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    sizes = dict.fromkeys(DEPARTMENTS, 0.0)
    ranked: list[float] = []
    ranks = dict.fromkeys(DEPARTMENTS, 0)
    for row in rows:
        ranks[row["department"]] += 1
        ranked.append(float(ranks[row["department"]] ** -ZIPF_EXPONENT))
        sizes[row["department"]] += ranked[-1]
    return tuple(
        Good(_item(number, row), DEPARTMENTS[row["department"]].share * weight / sizes[row["department"]])
        for number, (row, weight) in enumerate(zip(rows, ranked, strict=True), start=1)
    )


def assortment(count: int, draws: Draws) -> tuple[Good, ...]:
    """Return the goods that one shop stocks, in the order of its aisles; popularities sum to 1.

    Args:
        count: how many; the shop takes those that are most popular where it stands.
        draws: the shop's own stream.

    Raises:
        ValueError: there are fewer goods than that, or none are asked for.
    """
    goods = catalogue()
    if not 0 < count <= len(goods):
        raise ValueError(f"a shop stocks 1 to {len(goods)} goods, not {count}")
    local = [draws.lognormal(good.popularity, LOCAL_TASTE) for good in goods]
    stocked = sorted(sorted(range(len(goods)), key=lambda number: -local[number])[:count])
    total = sum(local[number] for number in stocked)
    return tuple(Good(goods[number].item, local[number] / total) for number in stocked)


def check_digit(digits: str) -> int:
    """Return the GS1 check digit that follows `digits` (weights 3 and 1 from the right)."""
    weighted = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return -sum(weighted) % 10


def _item(number: int, row: dict[str, str]) -> Item:
    department = DEPARTMENTS[row["department"]]
    digits = f"{department.prefix}{number:0{12 - len(department.prefix)}d}"
    return Item(
        sku=f"{digits}{check_digit(digits)}",
        name=row["name"],
        unit_weight=float(row["grams"]),
        price=float(row["dollars"]),
        chilled=department.chilled,
        pharmacy=department.pharmacy,
        department=row["department"],
        shelf_life=float(row["days"] or "inf"),
    )
