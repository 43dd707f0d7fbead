"""What shoppers do in the shop, and that nothing leaves a shelf without a reason."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
import simpy
from corner_shop import CornerShop
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.core.seeds import Draws, Seeds
from simulator.core.units import DAY, HOUR
from simulator.world.customer import Customer
from simulator.world.demand import Wish
from simulator.world.fridge import DoorCause, FridgeChange, FridgeEvent
from simulator.world.shelf import ShelfEvent, StockChange

LOSSES = {
    StockChange.THEFT,
    StockChange.STAFF_LOSS,
    StockChange.PROCESS_LOSS,
    StockChange.EXPIRED,
}

seeds = st.integers(0, 2**32)


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_every_removal_is_a_pick_inside_a_visit_or_a_labelled_loss(seed: int) -> None:
    corner = CornerShop(seed)
    corner.env.run(until=2 * DAY)
    causes = set()
    for _, event in corner.shelf_events():
        hour = corner.calendar.hour(event.at)
        causes.add(event.change)
        match event.change:
            case StockChange.PICK | StockChange.UNMET:
                visit = corner.visits[event.shopper or ""]
                assert visit.start < event.at < visit.end
                assert event.visit is not None
                assert (event.quantity < 0) == (event.change is StockChange.PICK)
            case StockChange.RESTOCK:
                assert event.quantity > 0
                assert 6 <= hour < 22
            case StockChange.EXPIRED:
                assert event.quantity < 0
                assert not corner.shop.is_open(event.at)
            case StockChange.THEFT:
                assert event.quantity < 0
                assert corner.shop.is_open(event.at)
            case _:
                assert event.quantity < 0
                assert 6 <= hour <= 22
        if event.change not in (StockChange.PICK, StockChange.UNMET):
            assert event.shopper is None
            assert event.visit is None
    assert {StockChange.PICK, StockChange.RESTOCK} <= causes


@settings(max_examples=15, deadline=None)
@given(seed=seeds, start=st.floats(0, 2 * DAY), length=st.floats(1, 2 * DAY))
def test_stock_is_conserved_over_any_window(seed: int, start: float, length: float) -> None:
    corner = CornerShop(seed)
    corner.env.run(until=start + 1)
    stocks = {shelf.id: shelf.stock for shelf in corner.shop.shelves}
    corner.log.clear()
    corner.env.run(until=start + 1 + length)
    for shelf, event in corner.shelf_events():
        stocks[shelf.id] += event.quantity
        assert stocks[shelf.id] == event.stock
        assert 0 <= event.stock <= shelf.capacity
    assert list(stocks.values()) == corner.stocks()


@settings(max_examples=50, deadline=None)
@given(seed=seeds, start=st.floats(0, 30 * DAY), duration=st.floats(0, 3 * HOUR))
def test_a_visit_lasts_exactly_as_long_as_the_shopper_wants(seed: int, start: float, duration: float) -> None:
    corner = CornerShop(visits_a_day=1e-6)
    env = corner.env
    ended = []

    def come() -> simpy.events.ProcessGenerator:
        yield env.timeout(start)
        yield from corner.shop.browse("p1", duration, Seeds(seed).draws("basket"))
        ended.append(env.now)

    env.process(come())
    env.run(until=start + duration + 1)
    picks = [event.at for _, event in corner.shelf_events() if event.shopper == "p1"]
    assert ended == [start + duration]
    assert all(start < at < start + duration for at in picks)
    assert picks == sorted(picks)
    assert picks or duration < 10


@settings(max_examples=10, deadline=None)
@given(seed=seeds, start=st.floats(1, DAY), length=st.floats(1, 2 * DAY))
def test_what_shoppers_want_of_an_item_is_what_they_pick_and_what_they_miss(
    seed: int, start: float, length: float
) -> None:
    """Over any window: nothing is in demand but by shoppers, and nothing goes but by them or a labelled
    loss."""
    corner = CornerShop(seed)
    wanted: Counter[tuple[str, float]] = Counter()
    basket = corner.shop._demand.basket

    class Overheard:
        def basket(self, duration: float, customer: Customer, draws: Draws) -> list[Wish]:
            wishes = basket(duration, customer, draws)
            for wish in wishes:
                wanted[wish.shelf.id, corner.env.now + wish.after] += wish.quantity
            return wishes

    corner.shop._demand = Overheard()  # type: ignore[assignment]
    corner.env.run(until=start)
    before, sold = corner.stocks(), [shelf.sold for shelf in corner.shop.shelves]
    corner.env.run(until=start + length)
    events: dict[str, list[ShelfEvent]] = defaultdict(list)
    for shelf, event in corner.shelf_events():
        if start <= event.at < start + length:
            events[shelf.id].append(event)
    asked: Counter[str] = Counter()
    for (name, at), quantity in wanted.items():
        asked[name] += quantity * (start <= at < start + length)
    for shelf, stock, sold_before in zip(corner.shop.shelves, before, sold, strict=True):
        picked = sum(-e.quantity for e in events[shelf.id] if e.change is StockChange.PICK)
        lost = sum(-e.quantity for e in events[shelf.id] if e.change in LOSSES)
        added = sum(e.quantity for e in events[shelf.id] if e.change is StockChange.RESTOCK)
        assert asked[shelf.id] == picked + sum(event.unmet for event in events[shelf.id])
        assert stock + added - picked - lost == shelf.stock
        assert picked == shelf.sold - sold_before


def test_a_visit_of_negative_length_is_refused() -> None:
    corner = CornerShop()
    with pytest.raises(ValueError, match="Negative"):
        list(corner.shop.browse("p1", -1.0, corner.seeds.draws("basket")))


def test_what_a_shopper_wants_depends_on_nobody_else() -> None:
    def wishes(others: int) -> list[tuple[float, str]]:
        corner = CornerShop(visits_a_day=1e-6)
        env = corner.env
        for number in range(others):
            env.process(corner.shop.browse(f"other{number}", HOUR, corner.seeds.draws("other", number)))
        env.process(corner.shop.browse("p1", HOUR, corner.seeds.draws("basket")))
        env.run(until=HOUR + 1)
        return [(event.at, shelf.id) for shelf, event in corner.shelf_events() if event.shopper == "p1"]

    assert wishes(others=0) == wishes(others=30)


def test_picking_something_chilled_opens_its_fridge_for_some_seconds() -> None:
    corner = CornerShop(shelves=120)
    corner.env.run(until=2 * DAY)
    doors = [(name, event) for name, event in corner.log if isinstance(event, FridgeEvent)]
    opened = [(name, e) for name, e in doors if e.change is FridgeChange.DOOR_OPENED]
    picks = {
        (shelf.fridge.id, event.at, event.shopper, event.visit)
        for shelf, event in corner.shelf_events()
        if shelf.fridge is not None and event.change is StockChange.PICK
    }
    by_shoppers = {(n, e.at, e.shopper, e.visit) for n, e in opened if e.cause is DoorCause.SHOPPER}
    assert by_shoppers
    assert by_shoppers <= picks
    for fridge in corner.shop.fridges:
        changes = [e.change for name, e in doors if name == fridge.id and e.fault is None]
        assert changes[::2] == [FridgeChange.DOOR_OPENED] * len(changes[::2])
        assert changes[1::2] == [FridgeChange.DOOR_CLOSED] * len(changes[1::2])


def test_opening_hours() -> None:
    shop = CornerShop().shop
    assert [hour for hour in range(24) if shop.is_open((hour - 4) * HOUR)] == list(range(7, 21))


def test_a_seed_repeats_a_shop_and_another_does_not() -> None:
    def life(seed: int) -> list[object]:
        corner = CornerShop(seed)
        corner.env.run(until=DAY)
        return list(corner.log)

    assert life(3) == life(3)
    assert life(3) != life(4)
