"""A measure: how a quantity is computed, and of which populations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.calibration.cohort import Cohort
from simulator.calibration.estimate import Estimate

Compute = Callable[..., Sequence[Estimate]]
"""Computes, from lived cohorts, an estimate for each part of a target, in its order and units.

Raises `UnmeasurableError` if this population does not show the quantity.
"""


@dataclass(frozen=True, slots=True)
class Measure:
    """How one target's quantity is computed.

    Attributes:
        cohorts: the populations that it is computed of; `compute` takes them in this order.
        compute: the computation.
    """

    cohorts: tuple[type[Cohort], ...]
    compute: Compute


def measures(*cohorts: type[Cohort], of: Sequence[Any]) -> dict[str, Measure]:
    """Return a measure for each of some functions, named like the target that it belongs to."""
    return {compute.__name__: Measure(cohorts, compute) for compute in of}
