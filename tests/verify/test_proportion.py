"""A proportion and its interval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.verify import Proportion


def test_the_interval_is_the_published_one() -> None:
    """Clopper and Pearson 1934 as tabulated: 8 of 10, and the rule of three for none and for all."""
    assert (Proportion(8, 10).low, Proportion(8, 10).high) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert Proportion(0, 59, confidence=0.9).high == pytest.approx(1 - 0.05 ** (1 / 59))
    assert Proportion(59, 59, confidence=0.9).low == pytest.approx(0.95, abs=1e-3)
    assert Proportion(3000, 1_000_000).low == pytest.approx(0.002894, abs=2e-6)


@given(st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_beyond_each_bound_lies_half_of_the_doubt(counted: tuple[int, int]) -> None:
    count, trials = counted
    found = Proportion(count, trials)
    assert 0 <= found.low <= found.value <= found.high <= 1

    def at_most(most: int, share: float) -> float:
        return math.fsum(
            math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(most + 1)
        )

    if count:
        assert 1 - at_most(count - 1, found.low) == pytest.approx(0.025, rel=1e-6)
    if count < trials:
        assert at_most(count, found.high) == pytest.approx(0.025, rel=1e-6)


def test_nothing_tried_tells_nothing() -> None:
    nothing = Proportion(0, 0)
    assert math.isnan(nothing.value)
    assert (nothing.low, nothing.high) == (0.0, 1.0)


@pytest.mark.parametrize(("count", "trials"), [(-1, 3), (4, 3)])
def test_more_than_all_is_refused(count: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        Proportion(count, trials)
