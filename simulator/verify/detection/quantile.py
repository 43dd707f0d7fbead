"""Quantiles of times, with the interval in which the true ones lie."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulator.verify.fixes import Floats
from simulator.verify.proportion import CONFIDENCE


def quantile(values: Sequence[float] | Floats, share: float) -> float:
    """Return the smallest value that at least a share of the values do not exceed; nan if there are none."""
    if not len(values):
        return math.nan
    ordered = np.sort(np.asarray(values, np.float64))
    return float(ordered[max(math.ceil(share * len(ordered)) - 1, 0)])


def interval(values: Sequence[float] | Floats, share: float) -> tuple[float | None, float | None]:
    """Return between which of the values the true quantile lies, with a confidence of 95 %.

    By order statistics (David and Nagaraja, Order Statistics, 3rd edition 2003, section 7.1): how many values
    lie below the quantile is binomial, whatever their distribution; its normal approximation serves above a
    thousand. None where there are too few values for an end.
    """
    count = len(values)
    if not count:
        return None, None
    tail = (1.0 - CONFIDENCE) / 2.0
    below = _ranks(count, share, tail)
    ordered = np.sort(np.asarray(values, np.float64))
    low = float(ordered[below[0] - 1]) if below[0] >= 1 else None
    high = float(ordered[below[1] - 1]) if below[1] <= count else None
    return low, high


def _ranks(count: int, share: float, tail: float) -> tuple[int, int]:
    """Return the ranks, from 1, of the ends; 0 and `count` + 1 stand for none."""
    if count > 1_000:
        half = 1.959964 * math.sqrt(count * share * (1.0 - share))
        return max(math.floor(count * share - half), 0), math.ceil(count * share + half) + 1
    chances = [
        math.exp(
            math.lgamma(count + 1)
            - math.lgamma(k + 1)
            - math.lgamma(count - k + 1)
            + k * math.log(share)
            + (count - k) * math.log1p(-share)
        )
        for k in range(count + 1)
    ]
    upto = np.cumsum(chances)
    low = int(np.searchsorted(upto, tail, "right"))
    high = int(np.searchsorted(upto, 1.0 - tail)) + 1
    return low, high
