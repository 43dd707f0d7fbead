"""Naps: who sleeps by day, when, and for how long."""

from __future__ import annotations

import math

from simulator.core.seeds import Draws
from simulator.core.units import HOUR, MINUTE
from simulator.world.sleep import at_age

_FONDEST = ((12, 0.5), (60, 0.6), (75, 1.2), (95, 2.0))
_POWER = 3.0
"""Age, and the chance to nap on a free afternoon of those who most like to at it; and of which power of a
uniform variable that of the others is: most hardly ever do, and some every day. So one free afternoon in
seven of adults, and three in ten of the old (assumptions; a third of adults, and half of those of 80 or more,
say that they have napped in the last day, from memory of Pew Research 2009; trackers overlook short naps)."""

_HOUR, _HOUR_SD = 14.3, 1.0
_MEDIAN, _LOG_SD = 45 * MINUTE, 0.5
"""Local hour at which people nap, early in the afternoon when alertness dips (Dinges 1989, in "Sleep and
Alertness"), and for how long (assumptions)."""

_BEFORE_A_NIGHT, _AHEAD = 0.5, (3 * HOUR, 5 * HOUR)
_EVENING = 19 * HOUR
"""Share of night shifts before which people nap, and how long before they leave home; what departures count
(half nap before their first night, from memory of Åkerstedt and Torsvall 1985, Ergonomics 28)."""

SHORTEST = 10 * MINUTE
"""Seconds for which it is worth lying down (assumption)."""


def draw_fondness(age: int, draws: Draws) -> float:
    """Return the chance that a person naps on an afternoon at home."""
    return math.pow(draws.uniform(), _POWER) * at_age(_FONDEST, age)


def plan_nap(fondness: float, midnight: float, departure: float | None, draws: Draws) -> float:
    """Return the simulated second at which a person means to nap on a day, infinity for not at all.

    Args:
        fondness: chance that they nap on an afternoon.
        midnight: begins the day.
        departure: when they leave for work, None for a free day.
        draws: theirs.
    """
    if departure is not None and departure > midnight + _EVENING:
        return departure - draws.uniform(*_AHEAD) if draws.chance(_BEFORE_A_NIGHT) else math.inf
    return midnight + draws.normal(_HOUR, _HOUR_SD) * HOUR if draws.chance(fondness) else math.inf


def length(draws: Draws) -> float:
    """Return how long a nap lasts if nothing ends it, seconds."""
    return draws.lognormal(_MEDIAN, _LOG_SD)
