"""Messages due through stages: exactly as many as the area under the rates, for any shape."""

from __future__ import annotations

import math

import pytest
from any_stages import moments, rates, stages
from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.core.stages import Shape, Stage
from simulator.pacing import PacerShare, RatePacer, StagesPacer

pacers = stages(rates).map(StagesPacer)


def steady(rate: float, seconds: float) -> Stage:
    return Stage(Shape.STEADY, seconds, rate)


@given(pacers, moments)
def test_the_number_due_by_any_time_is_the_integral_of_the_rate(pacer: StagesPacer, part: float) -> None:
    until = part * pacer.ends_at
    # The message that the area has just reached is due as well: messages 0 to floor(area).
    integral = pacer.integral(until)
    fuzz = 2e-6 + 1e-9 * integral
    assert pacer.count(until) <= integral + 1 + fuzz
    assert pacer.count(until) >= min(integral, pacer.total) - fuzz


@given(pacers, moments)
def test_the_number_due_by_a_time_is_exactly_that_of_the_due_times(pacer: StagesPacer, part: float) -> None:
    until = part * pacer.ends_at
    count = pacer.count(until)
    assert count == 0 or pacer.due(0, count - 1) <= until
    assert pacer.due(0, count) > until


@given(pacers, moments)
def test_a_message_is_due_when_as_many_are_due_as_came_before_it(pacer: StagesPacer, part: float) -> None:
    assume(pacer.total)
    index = int(part * (pacer.total - 1))
    due = pacer.due(0, index)
    assert 0 <= due <= pacer.ends_at
    assert pacer.integral(due) == pytest.approx(index, rel=1e-9, abs=2e-6)


@given(pacers, st.integers(0, 10**12), st.integers(0, 10**6))
def test_due_times_never_decrease(pacer: StagesPacer, index: int, more: int) -> None:
    assert pacer.due(0, index) <= pacer.due(1e6, index + more)


@given(pacers, moments, moments)
def test_counts_never_decrease(pacer: StagesPacer, one: float, other: float) -> None:
    early, late = sorted((one * pacer.ends_at, other * pacer.ends_at))
    assert 0 <= pacer.count(early) <= pacer.count(late) <= pacer.total


@given(pacers)
def test_all_are_due_at_the_end_and_none_afterwards(pacer: StagesPacer) -> None:
    assert pacer.count(pacer.ends_at) == pacer.count(math.inf) == pacer.total
    assert pacer.integral(math.inf) <= pacer.total + 1e-5
    assert pacer.total < pacer.integral(math.inf) + 1
    assert pacer.due(0, pacer.total) == pacer.due(1e9, pacer.total + 1) == math.inf
    assert pacer.rate(pacer.ends_at) == 0


@given(
    st.floats(min_value=0.01, max_value=100_000),
    st.floats(min_value=0.01, max_value=3600),
    st.integers(0, 10**8),
)
def test_one_steady_stage_is_a_rate(rate: float, seconds: float, index: int) -> None:
    pacer = StagesPacer((steady(rate, seconds),))
    assume(index < pacer.total)
    assert pacer.due(0, index) == RatePacer(rate).due(0, index)


@given(st.integers(1, 100_000), st.integers(1, 3600))
def test_a_whole_rate_for_whole_seconds_gives_exactly_their_product(rate: int, seconds: int) -> None:
    assert StagesPacer((steady(rate, seconds),)).total == rate * seconds


@pytest.mark.parametrize(
    ("rate", "seconds", "total"), [(0.1, 30, 3), (0.7, 30, 21), (0.1, 31, 4), (1 / 60, 600, 10)]
)
def test_fractions_do_not_add_a_message(rate: float, seconds: float, total: int) -> None:
    assert StagesPacer((steady(rate, seconds),)).total == total


def test_nothing_is_due_while_the_rate_is_0() -> None:
    pacer = StagesPacer((steady(0, 5), steady(10, 1), steady(0, 100), steady(10, 1), steady(0, 5)))
    assert pacer.total == 20
    assert [pacer.due(0, index) for index in (0, 9, 10, 19)] == [5, 5.9, 106, 106.9]
    assert [pacer.count(until) for until in (4.9, 5, 6, 105.9, 106, 200)] == [0, 1, 10, 10, 11, 20]


def test_fractions_do_not_pull_a_message_over_a_pause() -> None:
    pacer = StagesPacer((steady(0.1, 30), steady(0, 100), steady(1, 10)))
    assert [pacer.due(0, index) for index in (2, 3, 4)] == [pytest.approx(20), 130, pytest.approx(131)]


def test_stages_without_any_rate_have_no_message() -> None:
    pacer = StagesPacer((steady(0, 5),))
    assert (pacer.total, pacer.count(3), pacer.due(0, 0)) == (0, 0, math.inf)


def test_a_ramp_sends_ever_faster() -> None:
    pacer = StagesPacer((Stage(Shape.RAMP, 10, 100.0),))
    assert pacer.total == 500
    assert pacer.due(0, 125) == 5
    assert pacer.rate(5) == 50


def test_stages_keep_the_loop_open() -> None:
    assert StagesPacer((steady(1, 1),)).open_loop


# Shares of a load


sizes = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any)


@given(stages(rates), sizes, moments)
def test_shares_together_are_the_whole_but_for_less_than_a_message_each(
    chain: tuple[Stage, ...], sizes: list[int], part: float
) -> None:
    whole = StagesPacer(chain)
    workers = [StagesPacer(chain, PacerShare.of(index, sizes)) for index in range(len(sizes))]
    for until in (part * whole.ends_at, whole.ends_at):
        together = sum(worker.count(until) for worker in workers)
        assert abs(together - whole.count(until)) < max(len(sizes), 2)
        assert math.fsum(worker.integral(until) for worker in workers) == pytest.approx(whole.integral(until))


@given(stages(rates), st.integers(1, 8))
def test_equal_shares_send_in_all_exactly_the_whole(chain: tuple[Stage, ...], workers: int) -> None:
    shares = [PacerShare.of(index, [1] * workers) for index in range(workers)]
    whole = StagesPacer(chain)
    assume(abs(whole.integral(math.inf) % 1 - 1e-6) > 1e-5)
    assert sum(StagesPacer(chain, share).total for share in shares) == whole.total


@given(stages(rates), st.integers(1, 8), moments)
def test_equal_shares_take_the_messages_of_the_whole_in_turn(
    chain: tuple[Stage, ...], workers: int, part: float
) -> None:
    whole = StagesPacer(chain)
    assume(whole.total > 2 * workers)
    index = int(part * (whole.total - workers))
    worker = StagesPacer(chain, PacerShare.of(index % workers, [5] * workers))
    assert whole.integral(worker.due(0, index // workers)) == pytest.approx(index, rel=1e-9, abs=3e-6)


@given(st.floats(min_value=0.1, max_value=100_000), sizes, st.integers(0, 10**6))
def test_shares_of_a_rate(rate: float, sizes: list[int], messages: int) -> None:
    until = messages / rate
    due = 0
    for index, size in enumerate(sizes):
        pacer = RatePacer(rate, PacerShare.of(index, sizes))
        count = math.ceil(messages * size / sum(sizes))
        due += next(n for n in range(max(count - 3, 0), count + 4) if pacer.due(0, n) > until)
    assert abs(due - (messages + 1)) <= len(sizes)


def test_a_worker_without_devices_sends_nothing() -> None:
    idle = PacerShare.of(1, [3, 0])
    assert StagesPacer((steady(10, 1),), idle).due(0, 0) == math.inf
    assert RatePacer(10, idle).due(0, 0) == math.inf


@pytest.mark.parametrize("sizes", [[], [0, 0], [1, -1, 5], [math.inf]])
def test_sizes_by_which_nothing_can_be_shared_out(sizes: list[float]) -> None:
    with pytest.raises(ValueError, match="shared out"):
        PacerShare.of(0, sizes)


@pytest.mark.parametrize(("weight", "offset"), [(1.1, 0.0), (-0.1, 0.0), (0.5, 1.5), (math.nan, 0.0)])
def test_a_share_is_a_part(weight: float, offset: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        PacerShare(weight, offset)
