"""Estimates: values, intervals, and what they are of."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.calibration.estimate import UnmeasurableError, bootstrap, mean, percent, ratio, spread


def test_a_mean_lies_in_its_interval_which_repeats() -> None:
    values = np.random.default_rng(1).normal(50.0, 10.0, 400)
    first, second = mean(values), mean(values)
    assert first == second
    assert first.value == pytest.approx(values.mean())
    assert first.low < first.value < first.high


def test_an_interval_of_95_percent_holds_the_truth_about_so_often() -> None:
    generator = np.random.default_rng(2)
    held = sum((found := mean(generator.normal(0.0, 1.0, 60))).low < 0.0 < found.high for _ in range(200))
    assert 180 <= held <= 199


def test_four_times_the_people_halve_the_interval() -> None:
    generator = np.random.default_rng(3)
    few, many = (mean(generator.normal(0.0, 1.0, count)) for count in (200, 800))
    assert (many.high - many.low) / (few.high - few.low) == pytest.approx(0.5, abs=0.1)


def test_a_ratio_counts_cases_not_people() -> None:
    assert ratio([1, 9], [10, 90]).value == pytest.approx(0.1)
    assert percent([1, 0], [1, 3]).value == pytest.approx(25.0)


def test_what_belongs_to_one_person_widens_the_interval() -> None:
    """Ten days of ten people say less than a day of each of a hundred."""
    clustered = percent([10] * 5 + [0] * 5, [10] * 10)
    single = percent([1] * 50 + [0] * 50, [1] * 100)
    assert clustered.value == single.value == 50.0
    assert clustered.high - clustered.low > 2 * (single.high - single.low)


def test_a_spread_is_the_middle_of_what_there_is() -> None:
    found = spread([5.0] * 90 + [1.0] * 5 + [9.0] * 5, 0.8)
    assert (found.value, found.low, found.high) == (5.0, 5.0, 5.0)


def test_a_row_a_unit() -> None:
    found = bootstrap([(1.0, 2.0), (3.0, 4.0)], lambda sample: float(sample[:, 1].max()))
    assert found.value == 4.0
    assert 2.0 <= found.low <= found.high <= 4.0


@pytest.mark.parametrize("cases", [[], [1.0]])
def test_too_few_cases_are_no_sample(cases: list[float]) -> None:
    with pytest.raises(UnmeasurableError, match="too small"):
        mean(cases)


def test_nothing_to_divide_by() -> None:
    with pytest.raises(UnmeasurableError, match="no such case"):
        ratio([0, 0], [0, 0])
    with pytest.raises(UnmeasurableError):
        spread([])
