from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.calendar import Calendar
from simulator.core.seeds import Draws, Seeds
from simulator.core.units import HOUR, WEEK
from simulator.world.hazard import Hazard

CALENDAR = Calendar(datetime(2026, 3, 2, tzinfo=UTC))
EVENINGS = Hazard(weekday={0: 0.0, 18: 2.0, 21: 0.0}, weekend={0: 0.0, 10: 1.0, 12: 0.0})


def stream(seed: int = 1) -> Draws:
    return Seeds(seed).draws("hazard")


@given(after=st.floats(-2 * WEEK, 2 * WEEK), factor=st.floats(0.01, 100), seed=st.integers(0, 1000))
def test_events_come_later_and_only_when_the_rate_allows(after: float, factor: float, seed: int) -> None:
    at = EVENINGS.next(CALENDAR, after, factor, stream(seed))
    assert at >= after
    hour, edge = CALENDAR.hour(at), 1e-6
    if CALENDAR.is_weekend(at):
        assert 10 - edge <= hour <= 12 + edge
    else:
        assert 18 - edge <= hour <= 21 + edge


def test_they_come_as_often_as_the_rate_says() -> None:
    draws, weeks = stream(), 2000
    at, counts = 0.0, Counter[bool]()
    while (at := EVENINGS.next(CALENDAR, at, 0.5, draws)) < weeks * WEEK:
        counts[CALENDAR.is_weekend(at)] += 1
    assert counts[False] / weeks == pytest.approx(5 * 3 * 2 * 0.5, rel=0.05)
    assert counts[True] / weeks == pytest.approx(2 * 2 * 1 * 0.5, rel=0.08)


def test_within_a_steady_hour_the_wait_is_exponential() -> None:
    steady = Hazard(weekday={0: 3.0}, weekend={0: 3.0})
    draws = stream()
    waits = [steady.next(CALENDAR, 0.0, 1.0, draws) / HOUR for _ in range(4000)]
    assert sum(waits) / len(waits) == pytest.approx(1 / 3, rel=0.05)
    assert sum(wait > 1 for wait in waits) / len(waits) == pytest.approx(math.exp(-3), rel=0.15)


def test_without_inclination_nothing_ever_happens() -> None:
    assert EVENINGS.next(CALENDAR, 0.0, 0.0, stream()) == math.inf
