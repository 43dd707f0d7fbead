"""What a wearable remembers until it can sync."""

from __future__ import annotations

from itertools import pairwise

from hand_driven import HandDrivenTown
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.units import DAY, HOUR
from simulator.devices.wearable.store import CAPACITY, Store
from simulator.devices.wearable.stretch import Stretch

SPELL = HandDrivenTown().person().spell


def stretches(*lengths: float) -> list[Stretch]:
    at, result = 0.0, []
    for length in lengths:
        result.append(Stretch(at, at + length, SPELL, worn=True))
        at += length
    return result


def test_what_is_taken_is_gone() -> None:
    store = Store()
    lived = stretches(HOUR, HOUR)
    store.add(lived)
    assert store.take() == lived
    assert store.take() == []


def test_the_oldest_is_lost_beyond_seven_days() -> None:
    store = Store()
    store.add(stretches(*[DAY] * 9))
    store.forget(9 * DAY)
    kept = store.take()
    assert len(kept) == 7
    assert kept[0].start == 2 * DAY


def test_a_stretch_that_is_half_too_old_is_cut() -> None:
    store = Store()
    store.add(stretches(10 * DAY))
    store.forget(10 * DAY)
    assert store.take() == [Stretch(3 * DAY, 10 * DAY, SPELL, worn=True)]


@given(st.lists(st.floats(1, 4 * DAY)))
def test_it_keeps_the_latest_seven_days_whole(lengths: list[float]) -> None:
    store, lived = Store(), stretches(*lengths)
    now = lived[-1].end if lived else 0.0
    store.add(lived)
    store.forget(now)
    kept = store.take()
    assert sum(s.end - s.start for s in kept) <= CAPACITY + 1e-3
    assert abs(sum(s.end - s.start for s in kept) - min(now, CAPACITY)) < 1e-3
    assert all(sooner.end == later.start for sooner, later in pairwise(kept))
