"""How much the wrist moves: the acceleration that actigraphy records, of which steps are only a part."""

from __future__ import annotations

import math

from simulator.core.seeds import Draws

ASLEEP = (2.2, 0.35)
STILL = (17.0, 0.5)
"""Median of the mean acceleration of a quarter of an hour, and SD of its logarithm, asleep and awake without
a step, milli-g (assumptions; 28 over all hours and people: Doherty 2017, PLoS ONE, the UK Biobank)."""

ABOUT = 10.0
"""Steps a minute up to which a step stands for what the hands do about the house."""

PER_STEP_ABOUT, PER_STEP, PER_STEP_FASTER = 2.0, 0.6, 0.006
"""Milli-g for each step a minute: up to `ABOUT`, for all, and more the faster: 150 in a brisk walk, 270 in a
run (Hildebrand 2014, Medicine and Science in Sports and Exercise; rounded)."""


def movement(cadence: float, asleep: bool, draws: Draws) -> float:
    """Return the mean acceleration of the wrist over a while at one cadence, milli-g.

    Args:
        cadence: steps a minute.
        asleep: whether the wearer sleeps.
        draws: gives what the hands happen to do.
    """
    median, spread = ASLEEP if asleep else STILL
    steps = PER_STEP_ABOUT * min(cadence, ABOUT) + (PER_STEP + PER_STEP_FASTER * cadence) * cadence
    return median * math.exp(spread * draws.normal()) + steps
