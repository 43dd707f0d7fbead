"""The position of the wearable, by satellite outdoors and by radio indoors."""

from __future__ import annotations

import math
from typing import NamedTuple

from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import HOUR, MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Person, TravelMode
from simulator.world.place import METRES_PER_DEGREE, PlaceKind


class Reception(NamedTuple):
    """What positions are like in a place.

    Attributes:
        sd: median over fixes of the standard deviation of the error north and east, metres.
        log_sd: how much that differs from fix to fix, as the SD of its logarithm.
        missed: share of the attempts that find no position.
        memory: time constant of the error, seconds: satellites and walls in the way change slowly.
        gap: shortest and longest time between two attempts, seconds.
    """

    sd: float
    log_sd: float
    missed: float
    memory: float
    gap: tuple[float, float]


OPEN_SKY = Reception(3.2, 0.3, 0.01, 3 * MINUTE, (2 * MINUTE, 4 * MINUTE))
"""In a park or on foot: a phone's radius of 68 % is 4.9 m under open sky (van Diggelen and Enge 2015, ION
GNSS+)."""
IN_A_VEHICLE = Reception(5.5, 0.4, 0.05, 1 * MINUTE, (2 * MINUTE, 4 * MINUTE))
"""Behind windscreen and roof, and on foot in town, 7 to 13 m (Merry and Bettinger 2019, PLoS ONE 14)."""
INDOORS = Reception(15.0, 0.5, 0.2, 20 * MINUTE, (4 * MINUTE, 7 * MINUTE))
"""In a building: by satellite near a window, else by the radio networks around, some 10 to 75 m off, or not
at all (Zandbergen 2009, Transactions in GIS 13: 8 m by assisted GPS, 74 m by Wi-Fi in the median)."""
AT_HOME = Reception(22.0, 0.4, 0.2, 3 * HOUR, (1 * HOUR, 3 * HOUR))
"""At home: seldom, and by the same few radio networks, so that the error hardly changes (assumption)."""

OUTLIER, ASTRAY, ASTRAY_LOG_SD = 0.004, 160.0, 0.8
"""Share of positions that a reflected signal or a moved radio station leads astray, and the median and log-SD
of how far, metres; the stated accuracy does not know (assumptions)."""

RADIUS_68 = 1.515
"""Radius that holds 68 % of a circular normal error, in SDs; what phones report as accuracy."""


class Position:
    """Takes a position now and then; more often and better the more sky there is to see.

    The error is an Ornstein-Uhlenbeck process, scaled by the reception: two fixes in a row are off in the
    same direction, two of another day are not. Each states an accuracy that holds, but for a few outliers.
    """

    __slots__ = (
        "_draws",
        "_due",
        "_east",
        "_east_error",
        "_fixed",
        "_hazards",
        "_home",
        "_household",
        "_north_error",
        "_person",
    )

    def __init__(self, person: Person, draws: Draws) -> None:
        self._person = person.id
        self._household = person.household
        self._hazards = hazards_of(person, Hazard.PRECISE_LOCATION)
        self._home = person.home
        self._east = METRES_PER_DEGREE * math.cos(math.radians(person.home.latitude))
        self._draws = draws
        self._due = 0.0
        self._fixed = -math.inf
        self._north_error = self._east_error = 0.0

    def record(self, stretch: Stretch, burst: list[Reading]) -> None:
        """Take the positions of a stretch."""
        around = self._reception(stretch)
        draws = self._draws
        shortest, longest = around.gap
        at = self._due
        if not stretch.start <= at <= stretch.start + longest:
            # Something else has begun, such as a trip: look sooner than planned.
            at = stretch.start + draws.uniform(0.0, longest)
        while at < stretch.end:
            if not draws.chance(around.missed):
                burst.append(self._fix(at, stretch, around))
            at += draws.uniform(shortest, longest)
        self._due = at

    def _fix(self, at: float, stretch: Stretch, around: Reception) -> Reading:
        draws = self._draws
        kept = math.exp((self._fixed - at) / around.memory)
        fresh = math.sqrt(1.0 - kept * kept)
        self._fixed = at
        self._north_error = kept * self._north_error + fresh * draws.normal()
        self._east_error = kept * self._east_error + fresh * draws.normal()
        sd = draws.lognormal(around.sd, around.log_sd)
        north, east = sd * self._north_error, sd * self._east_error
        if draws.chance(OUTLIER):
            metres, angle = draws.lognormal(ASTRAY, ASTRAY_LOG_SD), draws.uniform(0.0, math.tau)
            north += metres * math.sin(angle)
            east += metres * math.cos(angle)
        latitude, longitude = stretch.spell.position(at)
        return Reading(
            at,
            "position",
            {
                "latitude": round(latitude + north / METRES_PER_DEGREE, 6),
                "longitude": round(longitude + east / self._east, 6),
                "accuracy": round(RADIUS_68 * sd, 1),
            },
            self._person,
            self._household,
            stretch.place,
            self._hazards,
            stretch.facts,
        )

    def _reception(self, stretch: Stretch) -> Reception:
        spell = stretch.spell
        if spell.trip is not None:
            return OPEN_SKY if spell.trip.mode is TravelMode.WALK else IN_A_VEHICLE
        assert spell.place is not None
        if spell.place is self._home:
            return AT_HOME
        return OPEN_SKY if spell.place.kind is PlaceKind.PARK else INDOORS
