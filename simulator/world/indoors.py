"""The air in a shop: conditioned, and yet a little warmer when it is hot outdoors."""

from __future__ import annotations

import math
from typing import Protocol

from simulator.core.units import HOUR

INSIDE = 22.0
"""What the air conditioning aims at, °C."""

LEAK = 0.12
"""Share of the difference between outdoors and in that gets through (assumption)."""

STEP = HOUR
"""Seconds for which the air counts as equally warm."""


class Outdoors(Protocol):
    """Knows how warm it is outdoors."""

    def temperature(self, at: float) -> float:
        """Return the outdoor temperature at a simulated second, °C."""


class Indoors:
    """The air of one shop, in steps of an hour.

    Args:
        outdoors: what the weather is; without any, it is always equally warm inside.
    """

    __slots__ = ("_celsius", "_outdoors", "_step")

    def __init__(self, outdoors: Outdoors | None = None) -> None:
        self._outdoors = outdoors
        self._step: int | None = None
        self._celsius = INSIDE

    def temperature(self, at: float) -> float:
        """Return the temperature in °C at a simulated second."""
        if self._outdoors is not None:
            # All fridges of a shop ask for the same few steps.
            step = math.floor(at / STEP)
            if step != self._step:
                self._step = step
                self._celsius = INSIDE + LEAK * (self._outdoors.temperature(step * STEP) - INSIDE)
        return self._celsius

    def changes(self, at: float) -> float:
        """Return when the temperature next changes, after `at`."""
        return math.inf if self._outdoors is None else (math.floor(at / STEP) + 1) * STEP
