"""What staff know, order and throw away."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.world.ledger import FRESH_SHARE, Ledger
from simulator.world.promotion import Promotions, lift
from simulator.world.shelf import Item, Shelf

MONDAY = Calendar(datetime(2026, 3, 2, tzinfo=UTC)).day(0.0)
EMPTY = np.zeros(3, dtype=int)


def item(department: str, shelf_life: float = float("inf")) -> Item:
    return Item(department, department, 500.0, 3.0, False, False, department, shelf_life)


SHELVES = [
    Shelf(f"shelf{number}", good, 40, 0, 1 / 3)
    for number, good in enumerate((item("bakery", 4.0), item("pantry"), item("care")))
]


def ledger(seed: int = 1, expected: float = 6.0) -> Ledger:
    seeds = Seeds(seed)
    promotions = Promotions(Calendar(datetime(2026, 3, 2, tzinfo=UTC)), seeds, "s0", SHELVES)
    return Ledger(seeds, "s0", SHELVES, np.full(3, expected), promotions)


def test_a_lorry_comes_on_the_delivery_days_of_the_department() -> None:
    came = [set(), set(), set()]  # type: ignore[var-annotated]
    books = ledger()
    for day in range(MONDAY, MONDAY + 28):
        before = books.room.copy()
        books.deliver(day)
        for number in np.flatnonzero(books.room > before):
            came[number].add((day - MONDAY) % 7)
        books.room[:] = 0  # staff sell out each day, and know it
        books.expire(EMPTY)
        books.close(day, EMPTY, before + 20, np.ones(3, dtype=bool))
    assert came == [{0, 1, 2, 3, 4, 5}, {0, 2, 4}, {1}]


def test_what_is_past_its_shelf_life_is_thrown_away_the_oldest_first() -> None:
    books = ledger()
    books.close(MONDAY - 1, EMPTY, EMPTY, np.zeros(3, dtype=bool))
    books.deliver(MONDAY)
    loaves = int(books.room[0])
    assert 0 < loaves <= 6.0 * 4 * FRESH_SHARE + 1
    thrown = []
    for day in range(MONDAY, MONDAY + 6):
        books.deliver(day)
        expired = books.expire(EMPTY)
        books.room -= expired
        thrown.append(int(expired[0]))
        assert not expired[1:].any()
    assert sum(thrown) == loaves
    assert thrown[:3] == [0, 0, 0]


def test_staff_learn_what_sells_and_do_not_take_an_empty_shelf_for_a_lack_of_demand() -> None:
    more, less, unknown = ledger(), ledger(), ledger()
    stock = np.full(3, 9)
    for day in range(MONDAY, MONDAY + 42):
        for books, sold, ran_out in ((more, 12, False), (less, 1, False), (unknown, 1, True)):
            books.close(day, stock, np.full(3, sold), np.full(3, ran_out))
    # Some of it was sold at a promotion, which staff reckon off.
    assert np.all(more.expected > 7.0)
    assert np.all(less.expected < 2.0)
    assert np.all(unknown.expected == 6.0)


def test_the_month_before_leaves_shelves_filled_but_for_some() -> None:
    capacity = np.full(3, 40)
    empty = []
    for seed in range(60):
        on_shelf = ledger(seed).live_through_a_month(MONDAY, capacity)
        assert np.all((on_shelf >= 0) & (on_shelf <= capacity))
        empty.append(on_shelf == 0)
    assert 0.0 < np.mean(empty) < 0.35, "before the morning's delivery"


@pytest.mark.parametrize(("discount", "more"), [(0.0, 1.0), (0.2, 1.79), (0.5, 6.15)])
def test_promotions_sell_more_by_the_usual_elasticity(discount: float, more: float) -> None:
    assert lift(np.array([discount]))[0] == pytest.approx(more, abs=0.01)


def test_a_week_of_promotions_runs_from_wednesday_to_tuesday() -> None:
    promotions = Promotions(Calendar(datetime(2026, 3, 2, tzinfo=UTC)), Seeds(1), "s0", SHELVES)
    weeks = [promotions.week(MONDAY + day) for day in range(-5, 9)]
    assert weeks == [weeks[0]] * 7 + [weeks[0] + 1] * 7


def test_tickets_show_the_discount() -> None:
    promotions = Promotions(Calendar(datetime(2026, 3, 2, tzinfo=UTC)), Seeds(1), "s0", SHELVES)
    seen = set()
    for week in range(60):
        promotions.change_tickets(week * 7 * 86400.0)
        for shelf, more in zip(SHELVES, promotions.lift, strict=True):
            assert shelf.price == pytest.approx(3.0 * (1 - shelf.discount), abs=0.005)
            assert (more > 1.0) == (shelf.discount > 0.0)
            seen.add(shelf.discount > 0.0)
    assert seen == {True, False}
