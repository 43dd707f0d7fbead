"""Atrial fibrillation: who has it, and when it comes over them."""

from __future__ import annotations

import math
from bisect import bisect

from simulator.core.seeds import Draws, Seeds
from simulator.core.units import DAY, HOUR

SHARE = ((0, 0.0), (22, 0.0016), (40, 0.0043), (55, 0.011), (65, 0.031))
"""Share of people whose pulse a watch finds irregular within months, by the age from which it holds (Apple
Heart Study: Perez et al. 2019, New England Journal of Medicine; the two in the middle follow from 0.52 % of
all)."""

EPISODES = 3.0
"""Mean number of episodes in 28 days of those who have it (assumption: in the study most had one within
weeks)."""

MEDIAN, LOG_SD = 5 * HOUR, 1.0
"""Length of an episode, seconds (assumption)."""

MONTH = 28 * DAY


def is_prone(age: int, draws: Draws) -> bool:
    """Return whether somebody of an age has episodes."""
    return draws.chance(SHARE[bisect(SHARE, (age, math.inf)) - 1][1])


def fibrillates(seeds: Seeds, person: str, at: float) -> bool:
    """Return whether somebody who is prone to it has an episode at a time."""
    month = int(at // MONTH)
    return any(
        start <= at < end for which in (month - 1, month) for start, end in _episodes(seeds, person, which)
    )


def _episodes(seeds: Seeds, person: str, month: int) -> list[tuple[float, float]]:
    draws = seeds.draws("fibrillation", person, month)
    starts = [(month + draws.uniform()) * MONTH for _ in range(draws.poisson(EPISODES))]
    return [(start, start + min(draws.lognormal(MEDIAN, LOG_SD), 7 * DAY)) for start in starts]
