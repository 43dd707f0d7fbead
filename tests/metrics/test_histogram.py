from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.metrics import Histogram
from simulator.metrics.histogram import BOUNDS, HIGHEST, LOWEST

durations = st.floats(min_value=LOWEST, max_value=HIGHEST)
many = st.lists(durations, min_size=1, max_size=200)
percents = st.sampled_from([0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 100.0])


def of(*seconds: float) -> Histogram:
    histogram = Histogram()
    for value in seconds:
        histogram.record(value)
    return histogram


def nearest_rank(values: list[float], percent: float) -> float:
    return sorted(values)[max(1, math.ceil(round(len(values) * percent / 100, 6))) - 1]


def test_an_empty_histogram_has_no_percentiles() -> None:
    assert of().count == 0
    assert of().max is None
    assert of().percentile(50) is None


@given(many, percents)
def test_a_percentile_is_within_one_percent_of_the_nearest_rank(values: list[float], percent: float) -> None:
    assert of(*values).percentile(percent) == pytest.approx(nearest_rank(values, percent), rel=0.01)


@given(many)
def test_percentiles_never_decrease_and_end_at_the_exact_maximum(values: list[float]) -> None:
    histogram = of(*values)
    found = [histogram.percentile(percent) or 0.0 for percent in (0, 10, 50, 90, 99, 99.9, 100)]
    assert found == sorted(found)
    assert found[-1] == histogram.max == max(values)


def test_the_rank_of_99_9_percent_is_not_moved_by_rounding() -> None:
    histogram = of(*[0.001] * 999, 5.0)
    assert histogram.percentile(99.9) == pytest.approx(0.001, rel=0.01)
    assert histogram.percentile(100) == 5.0


@given(st.lists(st.floats(min_value=0, max_value=1e4), max_size=100), st.sampled_from(BOUNDS))
def test_counts_up_to_a_bound_are_exact(values: list[float], bound: float) -> None:
    assert of(*values, *BOUNDS).at_most(bound) == sum(value <= bound for value in [*values, *BOUNDS])


def test_what_is_outside_the_range_is_counted() -> None:
    histogram = of(0.0, 1e-9, LOWEST, 0.5, HIGHEST, 601.0, 9000.0)
    assert (histogram.underflow, histogram.overflow, histogram.count) == (3, 2, 7)
    assert histogram.max == 9000.0
    assert histogram.percentile(0) == LOWEST
    assert histogram.percentile(80) == 9000.0  # above the range only the greatest is known


def test_a_percentile_is_never_above_the_maximum() -> None:
    assert of(0.0).percentile(50) == 0.0
    assert of(0.01001, 0.01001).percentile(50) == 0.01001


@given(st.lists(many, max_size=4))
def test_merged_shards_equal_one_histogram_of_everything(shards: list[list[float]]) -> None:
    merged, whole = Histogram(), of(*(value for shard in shards for value in shard))
    for shard in shards:
        merged.merge(of(*shard))
    assert merged.count == whole.count
    assert merged.max == whole.max
    assert merged.total == pytest.approx(whole.total)
    assert [merged.at_most(bound) for bound in BOUNDS] == [whole.at_most(bound) for bound in BOUNDS]


@given(st.lists(st.floats(min_value=0, max_value=1e4), max_size=50))
def test_the_compact_form_brings_everything_back(values: list[float]) -> None:
    histogram = of(*values)
    back = Histogram.unpack(histogram.pack())
    assert (back.count, back.total, back.max) == (histogram.count, histogram.total, histogram.max)
    assert back.pack() == histogram.pack()


def test_the_compact_form_is_compact() -> None:
    assert len(of(*[0.001 * (1 + i / 500) for i in range(500)]).pack()) < 500


def test_recording_goes_on_after_a_flush() -> None:
    histogram = of(1.0)
    record = histogram.record
    histogram.flush()
    record(2.0)
    assert (histogram.count, histogram.total, histogram.max) == (2, 3.0, 2.0)
