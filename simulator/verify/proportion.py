"""A share that was counted, with the interval in which the true one lies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Proportion:
    """`count` of `trials` turned out so.

    The interval is that of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the
    case of the binomial", Biometrika 26, 1934): it holds the true share at least as often as it says.

    Attributes:
        count: how many.
        trials: of how many; independent of each other.
        confidence: of the interval.

    Raises:
        ValueError: not 0 ≤ count ≤ trials.
    """

    count: int
    trials: int
    confidence: float = CONFIDENCE

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.trials:
            raise ValueError(f"{self.count} of {self.trials} is no proportion")

    @property
    def value(self) -> float:
        """The share counted; nan if nothing was tried."""
        return self.count / self.trials if self.trials else math.nan

    @cached_property
    def low(self) -> float:
        """The least share with which so many are not too many."""
        if self.count == 0:
            return 0.0
        tail = (1.0 - self.confidence) / 2.0
        return _beta_quantile(tail, self.count, self.trials - self.count + 1)

    @cached_property
    def high(self) -> float:
        """The greatest share with which so few are not too few."""
        if self.count == self.trials:
            return 1.0
        tail = (1.0 - self.confidence) / 2.0
        return _beta_quantile(1.0 - tail, self.count + 1, self.trials - self.count)

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}, n = {self.trials})"


def _beta_quantile(probability: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = probability, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        if _incomplete_beta(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b).

    By the continued fraction that converges fast below the mean, evaluated as Lentz does (Press et al.,
    Numerical Recipes, section 6.4); above it, by its symmetry.
    """
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _incomplete_beta(1.0 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    tiny = 1e-300
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1.0), tiny)
    fraction = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            d = 1.0 / _not_zero(1.0 + term * d, tiny)
            c = _not_zero(1.0 + term / c, tiny)
            fraction *= c * d
        if abs(c * d - 1.0) < 1e-14:
            break
    return front * fraction / a


def _not_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
