"""The scale under a shelf: grams, with a scale's noise and divisions."""

from __future__ import annotations

import math

from simulator.core.seeds import Draws
from simulator.core.units import DAY

DIVISIONS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MOST_DIVISIONS = 6000
"""A scale of accuracy class III has up to 10,000 divisions of 1, 2 or 5 times a power of ten grams (OIML
R 76-1, 2006); a shop fits one that tells about 6,000 apart."""

NOISE_DIVISIONS = 0.4
"""SD of one reading in divisions; the class allows half a division of error for light loads, 1.5 at most."""

DRIFT_DIVISIONS = 0.6
"""SD in divisions by which the zero of a loaded scale wanders in a day, with its cell's creep and
temperature, until the shelf is empty and it finds its zero again (assumption; R 76-1 allows half a division
in half an hour)."""


class Scale:
    """Weighs what is on a shelf.

    Args:
        full_load: grams of a full shelf.
        draws: the scale's own stream.
    """

    __slots__ = ("_draws", "_drift", "_weighed_at", "division")

    def __init__(self, full_load: float, draws: Draws) -> None:
        self._draws = draws
        self._drift = 0.0
        self._weighed_at = 0.0
        fine_enough = (size for size in DIVISIONS if size * MOST_DIVISIONS >= full_load)
        self.division = next(fine_enough, DIVISIONS[-1])

    def weigh(self, at: float, load: float) -> float:
        """Return the reading in grams at simulated second `at`, for a load in grams.

        It is a whole number of divisions, of which the last flickers; its zero drifts. An empty shelf is kept
        at zero.
        """
        passed, self._weighed_at = max(at - self._weighed_at, 0.0), at
        if load == 0.0:
            self._drift = 0.0
            return 0.0
        self._drift += self._draws.normal(0.0, DRIFT_DIVISIONS * math.sqrt(passed / DAY))
        noise = self._draws.normal(0.0, NOISE_DIVISIONS)
        return round(load / self.division + self._drift + noise) * self.division
