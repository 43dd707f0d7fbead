"""Estimates: a number from a sample, with the interval that its sampling error leaves open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ROUNDS = 400
"""Resamples of a bootstrap."""

LEVEL = (2.5, 97.5)
"""Percentiles of the resamples that bound an interval of 95 % (Efron 1979, Annals of Statistics)."""


class UnmeasurableError(Exception):
    """A quantity cannot be measured in this population; the message says why."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the ends of its interval of 95 % confidence."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Estimate:
        """Return it in another unit; the factor is positive."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


def bootstrap(units: ArrayLike, statistic: Callable[[Floats], float], rounds: int = ROUNDS) -> Estimate:
    """Return a statistic of independent units with its percentile bootstrap interval.

    Args:
        units: a number, or a row of numbers, for each independent unit: a person, a household, a shop.
        statistic: of all units, or of as many drawn from them with replacement.
        rounds: how many resamples.

    Raises:
        UnmeasurableError: there are fewer than two units.
    """
    sample = np.asarray(units, dtype=np.float64)
    if len(sample) < 2:
        raise UnmeasurableError("the population is too small: it holds fewer than two cases")
    generator = np.random.default_rng(1979)
    drawn = [statistic(sample[generator.integers(0, len(sample), len(sample))]) for _ in range(rounds)]
    return _interval(float(statistic(sample)), drawn)


def mean(units: ArrayLike) -> Estimate:
    """Return the mean of independent units."""
    return bootstrap(units, lambda sample: float(sample.mean()))


def ratio(numerators: ArrayLike, denominators: ArrayLike) -> Estimate:
    """Return the sum of some numbers over the sum of others, both by independent unit.

    Units are drawn with both of their numbers, so that what belongs to one person stays together.

    Raises:
        UnmeasurableError: fewer than two units, or nothing in the denominator.
    """
    pairs = np.column_stack((np.asarray(numerators, np.float64), np.asarray(denominators, np.float64)))
    if not pairs[:, 1].sum():
        raise UnmeasurableError("the population holds no such case")
    return bootstrap(pairs, _ratio)


def percent(numerators: ArrayLike, denominators: ArrayLike) -> Estimate:
    """Return `ratio` in percent."""
    return ratio(numerators, denominators).times(100.0)


def spread(values: Sequence[float] | Floats, share: float = 0.95) -> Estimate:
    """Return the median of many values with the range that holds a share of them in the middle.

    For what is set rather than sampled, such as the time between two readings.

    Raises:
        UnmeasurableError: there are none.
    """
    if not len(values):
        raise UnmeasurableError("the population holds no such case")
    tail = 50.0 * (1.0 - share)
    low, middle, high = np.percentile(np.asarray(values, np.float64), (tail, 50.0, 100.0 - tail))
    return Estimate(float(middle), float(low), float(high))


def _ratio(pairs: Floats) -> float:
    numerator, denominator = pairs.sum(axis=0)
    return float(numerator / denominator) if denominator else float("nan")


def _interval(value: float, drawn: Sequence[float]) -> Estimate:
    low, high = np.nanpercentile(drawn, LEVEL)
    return Estimate(value, float(low), float(high))
