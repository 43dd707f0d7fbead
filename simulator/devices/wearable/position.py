"""The position of the wearable, by satellite outdoors and by radio indoors."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import HOUR, MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Person
from simulator.world.place import METRES_PER_DEGREE, PlaceKind


@dataclass(frozen=True, slots=True)
class Fix:
    """How good and how frequent positions are.

    Attributes:
        sd: standard deviation of the error north and east, metres.
        gap: shortest and longest time between two positions, seconds.
    """

    sd: float
    gap: tuple[float, float]


OUTDOORS = Fix(4.0, (2 * MINUTE, 4 * MINUTE))
"""On the way or in a park: satellite error under an open sky (van Diggelen and Enge 2015: 4.9 m radius)."""
INDOORS = Fix(12.0, (4 * MINUTE, 7 * MINUTE))
"""In a building away from home (assumption)."""
AT_HOME = Fix(25.0, (1 * HOUR, 3 * HOUR))
"""At home: seldom, and by radio only (assumption)."""
RADIUS_68 = 1.515
"""Radius that holds 68 % of a circular normal error, in SDs; what phones report as accuracy."""


class Position:
    """Takes a position now and then; more often and better the more there is to see."""

    __slots__ = ("_draws", "_due", "_east", "_hazards", "_home", "_household", "_person")

    def __init__(self, person: Person, draws: Draws) -> None:
        self._person = person.id
        self._household = person.household
        self._hazards = hazards_of(person, Hazard.PRECISE_LOCATION)
        self._home = person.home
        self._east = METRES_PER_DEGREE * math.cos(math.radians(person.home.latitude))
        self._draws = draws
        self._due = 0.0

    def record(self, stretch: Stretch, burst: list[Reading]) -> None:
        """Take the positions of a stretch."""
        fix = self._fix(stretch)
        draws, spell = self._draws, stretch.spell
        shortest, longest = fix.gap
        at = self._due
        if not stretch.start <= at <= stretch.start + longest:
            # Something else has begun, such as a trip: look sooner than planned.
            at = stretch.start + draws.uniform(0.0, longest)
        while at < stretch.end:
            latitude, longitude = spell.position(at)
            latitude += draws.normal(0.0, fix.sd) / METRES_PER_DEGREE
            longitude += draws.normal(0.0, fix.sd) / self._east
            burst.append(
                Reading(
                    at,
                    "position",
                    {
                        "latitude": round(latitude, 6),
                        "longitude": round(longitude, 6),
                        "accuracy": round(RADIUS_68 * fix.sd, 1),
                    },
                    self._person,
                    self._household,
                    stretch.place,
                    self._hazards,
                    stretch.facts,
                )
            )
            at += draws.uniform(shortest, longest)
        self._due = at

    def _fix(self, stretch: Stretch) -> Fix:
        place = stretch.spell.place
        if place is None or place.kind is PlaceKind.PARK:
            return OUTDOORS
        return AT_HOME if place is self._home else INDOORS
