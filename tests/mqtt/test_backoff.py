from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.core.seeds import Seeds
from simulator.mqtt.backoff import Backoff


def backoff(device: str = "d", first: float = 1.0, cap: float = 30.0, seed: int = 1) -> Backoff:
    return Backoff(first, cap, Seeds(seed).draws("reconnect", device))


def bounds(of: Backoff, attempts: int) -> list[float]:
    found = []
    for _ in range(attempts):
        found.append(of.bound)
        of.next()
    return found


def test_bound_doubles_up_to_the_cap() -> None:
    assert bounds(backoff(), 7) == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_bound_stays_at_the_cap_for_ever() -> None:
    assert bounds(backoff(), 2_000)[-1] == 30.0


@given(first=st.floats(0.01, 10), cap=st.floats(0.01, 100), seed=st.integers(0, 1000))
def test_each_wait_is_between_nothing_and_its_bound(first: float, cap: float, seed: int) -> None:
    waits = backoff(first=first, cap=cap, seed=seed)
    for _ in range(20):
        bound = waits.bound
        assert 0.0 <= waits.next() <= bound <= cap


def test_jitter_is_full_and_spreads_a_fleet_over_the_whole_bound() -> None:
    firsts = sorted(backoff(f"d{number}").next() for number in range(1_000))
    for part in range(10):
        share = sum(part / 10 <= wait < (part + 1) / 10 for wait in firsts) / len(firsts)
        assert 0.06 < share < 0.14  # uniform: 0.1, five standard errors either way


def test_same_seed_waits_the_same() -> None:
    one, other = backoff(), backoff()
    assert [one.next() for _ in range(9)] == [other.next() for _ in range(9)]


def test_a_connection_that_held_starts_it_anew() -> None:
    waits = backoff()
    bounds(waits, 5)
    waits.reset()
    assert waits.bound == 1.0
