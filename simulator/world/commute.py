"""The commute: which work place a person takes, and how they get there."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.world.person import TravelMode
from simulator.world.place import Place
from simulator.world.travel import reach

MEDIAN, LOG_SD = 19.2 * MINUTE, 0.62
"""The commute, one way, of people who look for work near home: log-normal."""

FAR = 0.09
FAR_MEDIAN, FAR_LOG_SD = 70 * MINUTE, 0.25
"""The others work where there is no moving to, in the next town. Together they have the mean of ACS 2019,
27.6 min, with 12 % under 10 and 10 % over 60 min, which one log-normal cannot have (the two groups and their
share are an assumption)."""

LONGEST = 110 * MINUTE

WALKS = 20 * MINUTE
"""Longest commute on foot."""


def find_work(
    home: Place, workplaces: Sequence[Place], drives: bool, draws: Draws
) -> tuple[Place, TravelMode]:
    """Return where a worker works and how they get there.

    People put up with the time a commute takes rather than with its distance, so the time comes first; how
    they travel says how far it reaches, and the work place nearest to that distance is theirs.

    Args:
        home: where they live.
        workplaces: to choose from.
        drives: whether they drive.
        draws: what is left to chance.
    """
    usual = (FAR_MEDIAN, FAR_LOG_SD) if draws.chance(FAR) else (MEDIAN, LOG_SD)
    seconds = min(draws.lognormal(*usual), LONGEST)
    mode = TravelMode.CAR if drives and draws.chance(0.9) else TravelMode.BUS
    if seconds <= WALKS and draws.chance(0.3):
        mode = TravelMode.WALK
    metres = reach(seconds, mode)
    return min(workplaces, key=lambda place: abs(math.log(home.distance(place) / metres))), mode
