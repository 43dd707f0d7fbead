"""What shoppers want comes from who they are and what they have come for."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from corner_shop import CornerShop

from simulator.core.seeds import Seeds
from simulator.core.units import MINUTE
from simulator.world.assortment import catalogue
from simulator.world.customer import Customer, tastes
from simulator.world.demand import UNITS_A_VISIT, USUAL_VISIT, usual_demand

SHOP = CornerShop(shelves=160, visits_a_day=1e-6).shop
DEPARTMENTS = [shelf.item.department for shelf in SHOP.shelves]
PLACE = {shelf.id: number for number, shelf in enumerate(SHOP.shelves)}


def baskets(customers: list[Customer], duration: float = USUAL_VISIT, seed: int = 1) -> np.ndarray:
    """Return the units of each shelf that each customer wants in one visit."""
    wanted = np.zeros((len(customers), 160))
    for number, customer in enumerate(customers):
        for wish in SHOP._demand.basket(duration, customer, Seeds(seed).draws("basket", number)):
            wanted[number, PLACE[wish.shelf.id]] = wish.quantity
    return wanted


def households(count: int, people: int = 2) -> list[Customer]:
    return [Customer(f"h{number}", people) for number in range(count)]


def test_a_household_has_the_same_tastes_on_every_visit_and_others_have_others() -> None:
    again = baskets([Customer("h1")] * 200)
    others = baskets([Customer(f"h{number}") for number in range(200)])

    def alike(wanted: np.ndarray) -> float:
        return float(np.mean([np.sum((a > 0) & (b > 0)) for a, b in combinations(wanted[:60], 2)]))

    assert alike(again) > 1.4 * alike(others)
    likes = [tastes(Customer(f"h{number}"), Seeds(1)).sum() for number in range(300)]
    assert np.mean(likes) == pytest.approx(len(catalogue()), rel=0.1)


def test_a_larger_household_wants_more_of_the_same() -> None:
    small, large = (baskets(households(600, people)) for people in (1, 5))
    assert large.sum() > 1.3 * small.sum()
    assert np.mean(large > 0) == pytest.approx(np.mean(small > 0), rel=0.05)


def test_only_parents_buy_for_a_baby_and_only_owners_for_a_pet() -> None:
    def share(department: str, babies: int, pets: int) -> float:
        wanted = baskets([Customer(f"h{number}", 3, babies, pets) for number in range(600)])
        chosen = [place for place, name in enumerate(DEPARTMENTS) if name == department]
        return float(wanted[:, chosen].sum() / wanted.sum())

    assert share("baby", 1, 0) > 20 * share("baby", 0, 0)
    assert share("pet", 0, 1) > 10 * share("pet", 0, 0)


def test_a_basket_holds_what_goes_together() -> None:
    """Two things from one department meet in a basket more often than chance would have it."""
    wanted = baskets(households(1500), duration=20 * MINUTE) > 0
    together, chance = Counter[bool](), Counter[bool]()
    frequent = [int(place) for place in np.argsort(-wanted.mean(axis=0))[:50]]
    for a, b in combinations(frequent, 2):
        same = DEPARTMENTS[a] == DEPARTMENTS[b]
        together[same] += int((wanted[:, a] & wanted[:, b]).sum())
        chance[same] += wanted[:, a].mean() * wanted[:, b].mean() * len(wanted)
    assert together[True] / chance[True] > 1.2 * together[False] / chance[False]


def test_on_average_shoppers_want_what_the_shop_reckons_with() -> None:
    wanted = baskets([Customer(f"h{n}", 1 + n % 4, babies=n % 16 == 0, pets=n % 5) for n in range(3000)])
    assert wanted.sum() / 3000 == pytest.approx(UNITS_A_VISIT, rel=0.08)
    shares = wanted.sum(axis=0) / wanted.sum() / SHOP._demand._promotions.lift
    assert np.corrcoef(shares, usual_demand(SHOP.shelves))[0, 1] > 0.9
