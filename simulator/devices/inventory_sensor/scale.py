"""The scale under a shelf: grams, with a scale's noise and divisions."""

from __future__ import annotations

from simulator.core.seeds import Draws

DIVISIONS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MOST_DIVISIONS = 6000
"""A scale of accuracy class III has up to 10,000 divisions of 1, 2 or 5 times a power of ten grams (OIML
R 76-1, 2006); a shop fits one that tells about 6,000 apart."""

NOISE_DIVISIONS = 0.4
"""SD of one reading in divisions; the class allows half a division of error for light loads, 1.5 at most."""


class Scale:
    """Weighs what is on a shelf.

    Args:
        full_load: grams of a full shelf.
        draws: the scale's own stream.
    """

    __slots__ = ("_draws", "division")

    def __init__(self, full_load: float, draws: Draws) -> None:
        self._draws = draws
        fine_enough = (size for size in DIVISIONS if size * MOST_DIVISIONS >= full_load)
        self.division = next(fine_enough, DIVISIONS[-1])

    def weigh(self, load: float) -> float:
        """Return the reading in grams for a load in grams; an empty shelf is kept at zero."""
        if load == 0.0:
            return 0.0
        division = self.division
        return round(load / division + self._draws.normal(0.0, NOISE_DIVISIONS)) * division
