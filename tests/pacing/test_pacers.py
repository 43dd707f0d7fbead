from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.pacing import MaxPacer, Pacer, RatePacer, SpeedPacer

seconds = st.floats(min_value=0, max_value=1e9)
indices = st.integers(min_value=0, max_value=10**12)
positive = st.floats(min_value=1e-3, max_value=1e9)
pacers = st.one_of(
    st.builds(SpeedPacer, positive),
    st.builds(RatePacer, positive),
    st.builds(MaxPacer),
)


@given(pacers, seconds, seconds, indices, indices)
def test_due_times_never_decrease(pacer: Pacer, at: float, later: float, index: int, more: int) -> None:
    assert pacer.due(at, index) <= pacer.due(at + later, index + more)


@given(pacers, seconds, indices)
def test_due_times_are_finite_and_repeat(pacer: Pacer, at: float, index: int) -> None:
    due = pacer.due(at, index)
    assert 0 <= due < math.inf
    assert pacer.due(at, index) == due


@given(positive, seconds, indices)
def test_speed_maps_simulated_time_alone(speed: float, at: float, index: int) -> None:
    pacer = SpeedPacer(speed)
    assert pacer.due(at, index) == pacer.due(at, 0)
    assert pacer.due(at, index) * speed == pytest.approx(at)


@given(st.integers(min_value=1, max_value=100_000), st.integers(min_value=0, max_value=3600))
def test_rate_gives_exactly_its_messages_in_every_second(rate: int, second: int) -> None:
    pacer = RatePacer(rate)
    first, last = second * rate, (second + 1) * rate - 1
    assert pacer.due(0.0, first) == second
    assert second <= pacer.due(0.0, last) < second + 1


@given(indices, seconds, seconds)
def test_rate_does_not_look_at_simulated_time(index: int, at: float, other: float) -> None:
    assert RatePacer(75_000).due(at, index) == RatePacer(75_000).due(other, index)


def test_an_hour_a_minute() -> None:
    assert SpeedPacer(60).due(3600.0, 17) == 60.0


def test_max_makes_everything_due_at_once_and_closes_the_loop() -> None:
    assert MaxPacer().due(86_400.0, 10**6) == 0.0
    assert not MaxPacer().open_loop


def test_speed_and_rate_keep_the_loop_open() -> None:
    assert SpeedPacer(1).open_loop
    assert RatePacer(1).open_loop


@pytest.mark.parametrize("number", [0.0, -1.0, math.inf, math.nan])
@pytest.mark.parametrize("pacer", [SpeedPacer, RatePacer])
def test_a_pace_must_be_a_finite_number_above_zero(
    pacer: type[SpeedPacer | RatePacer], number: float
) -> None:
    with pytest.raises(ValueError, match="above 0"):
        pacer(number)
