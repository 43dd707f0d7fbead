"""The circadian process: the body's clock, a slow wave with one trough a night."""

from __future__ import annotations

import math

_RADIANS = math.pi / 12.0
"""Radians an hour: the clock is held to 24 hours by daylight."""

BEFORE_WAKING = 2.2
"""Hours from the trough to natural waking: core temperature is lowest about then (Baehr, Revelle and Eastman
2000, Journal of Sleep Research)."""


def circadian(hours: float) -> float:
    """Return the circadian process, -1 to 1, some hours after its trough (Daan, Beersma and Borbély 1984)."""
    return -math.cos(hours * _RADIANS)
