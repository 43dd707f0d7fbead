"""Haunts: the few places that a person goes to again and again, and how new ones are found."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

from simulator.core.seeds import Draws
from simulator.world.place import METRES_PER_DEGREE, Place

EXPLORATION, WEARINESS = 0.6, 0.21
"""The chance to try a place that is new to somebody who knows S places is 0.6 S^-0.21 (Song, Koren, Wang and
Barabási 2010, Nature Physics 6, "Modelling the scaling properties of human mobility")."""

ZIPF = 1.2
"""A person's k-th place has been visited in proportion to k^-1.2 (Song 2010)."""

REMEMBERED = 60
"""Visits to the first of them that a person looks back on (assumption: a year of once or twice a week)."""

KNOWN = (4, 10)
"""Places for one purpose that a person knows to begin with, at least and at most (assumption; about 25 for
all purposes, Alessandretti 2018, Nature Human Behaviour 2)."""

NEARBY, DISTANCE_DECAY = 1500.0, 0.75
"""Metres within which distance hardly matters to where people go, and by which power of it places further off
are less liked. Places are as many from 1 to 2 km as from 2 to 4, so that displacements fall with a power of
1.75, as those of mobile phones do (Gonzalez, Hidalgo and Barabási 2008, Nature 453)."""


class Haunts:
    """Exploration and preferential return among the places for one purpose.

    A person either tries a place, the nearer the likelier, or goes back to one they know, in proportion to
    how often they have been there. So the favourite of last month is next month's, and each has their own.

    Args:
        home: from where they go.
        places: to choose from; not empty.
        draws: the person's, for what they know to begin with.
    """

    __slots__ = ("_home", "_known", "_places", "_visits")

    def __init__(self, home: Place, places: Sequence[Place], draws: Draws) -> None:
        self._home = home
        self._places = places
        least, most = KNOWN
        count = min(len(places), least + draws.below(most - least + 1))
        # Without replacement, by weight: the first to come of exponential waiting times (Efraimidis 2006).
        waits = draws.generator().standard_exponential(len(places)).tolist()
        arrivals = [wait / weight for wait, weight in zip(waits, self._weights(), strict=True)]
        self._known = array("H", sorted(range(len(places)), key=arrivals.__getitem__)[:count])
        self._visits = array("H", (max(round(REMEMBERED * k**-ZIPF), 1) for k in range(1, count + 1)))

    def choose(self, draws: Draws) -> Place:
        """Return where to go this time, and remember it."""
        if draws.chance(EXPLORATION * len(self._known) ** -WEARINESS):
            place = draws.choice(range(len(self._places)), self._weights())
            if place not in self._known:
                self._known.append(place)
                self._visits.append(0)
            number = self._known.index(place)
        else:
            number = draws.choice(range(len(self._known)), self._visits)
        self._visits[number] += 1
        return self._places[self._known[number]]

    def _weights(self) -> list[float]:
        # `Place.distance` written out: everybody asks it of all places.
        here, there = self._home.latitude, self._home.longitude
        north, east = METRES_PER_DEGREE, METRES_PER_DEGREE * math.cos(math.radians(here))
        return [
            (NEARBY + math.hypot((place.latitude - here) * north, (place.longitude - there) * east))
            ** -DISTANCE_DECAY
            for place in self._places
        ]
