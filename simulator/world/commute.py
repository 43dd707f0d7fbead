"""The commute: which work place a person takes, and how they get there."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.world.person import TravelMode
from simulator.world.place import Place
from simulator.world.travel import SPEED

MEDIAN = 22.5 * MINUTE
LOG_SD = 0.7
LONGEST = 110 * MINUTE
"""A log-normal commute, one way: mean 27.6 min, 12 % under 10 and 10 % over 60 min (ACS 2019) can not all
hold at once; this one misses each a little."""

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
    seconds = min(draws.lognormal(MEDIAN, LOG_SD), LONGEST)
    mode = TravelMode.CAR if drives and draws.chance(0.9) else TravelMode.BUS
    if seconds <= WALKS and draws.chance(0.3):
        mode = TravelMode.WALK
    reach = seconds * SPEED[mode]
    return min(workplaces, key=lambda place: abs(math.log(home.distance(place) / reach))), mode
