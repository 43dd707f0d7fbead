"""Positions of people as they are found in a stream, and the cells of a grid that they lie in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.core.units import DAY, HOUR

Integers = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

METRES_PER_DEGREE = 111_195.0
"""Length of one degree of latitude on a sphere of the Earth's mean radius (6,371.0 km, IUGG)."""


@dataclass(frozen=True, slots=True)
class Fixes:
    """Positions, one a row, in any order.

    Attributes:
        person: whose, as a number from 0: a pseudonym that stays the same is enough for the attacks.
        at: seconds of the local clock, with midnight at each multiple of 86,400.
        latitude, longitude: degrees.

    Raises:
        ValueError: the columns differ in length.
    """

    person: Integers
    at: Floats
    latitude: Floats
    longitude: Floats

    def __post_init__(self) -> None:
        if len({len(self.person), len(self.at), len(self.latitude), len(self.longitude)}) > 1:
            raise ValueError("the columns of fixes differ in length")

    def __len__(self) -> int:
        return len(self.person)

    def of(self, rows: np.ndarray[Any, Any]) -> Fixes:
        """Return the fixes that a mask or an array of row numbers picks."""
        return Fixes(self.person[rows], self.at[rows], self.latitude[rows], self.longitude[rows])

    @property
    def hour_of_day(self) -> Floats:
        """Local hour of each fix, 0 to 24."""
        return self.at % DAY / HOUR

    def cells(self, metres: float) -> Integers:
        """Return for each fix the cell of a grid of about `metres` by `metres` that it lies in."""
        row = np.floor(self.latitude * METRES_PER_DEGREE / metres)
        # The width of a degree is taken in the middle of the row, so that a row has one grid of its own.
        width = METRES_PER_DEGREE * np.cos(np.radians((row + 0.5) * metres / METRES_PER_DEGREE))
        column = np.floor(self.longitude * width / metres)
        return row.astype(np.int64) * (1 << 32) + column.astype(np.int64)

    def hours(self, hours: float = 1.0) -> Integers:
        """Return for each fix the number of its stretch of so many hours."""
        return np.floor_divide(self.at, hours * HOUR).astype(np.int64)

    def distance(self, latitude: float, longitude: float) -> Floats:
        """Return the metres of each fix to a point, as the crow flies."""
        return distance(self.latitude, self.longitude, latitude, longitude)

    def permuted_within_hours(self, generator: np.random.Generator) -> Fixes:
        """Return the same positions with the people of each hour exchanged at random among themselves.

        Every hour keeps who was seen and what was seen, but not who was where: the negative control of
        any attack that follows somebody. What it still finds, it finds by chance.
        """
        hours = self.hours()
        order = np.lexsort((self.person, hours))
        hour, person = hours[order], self.person[order]
        first = np.ones(len(order), bool)
        first[1:] = (hour[1:] != hour[:-1]) | (person[1:] != person[:-1])
        # One entry for each person and hour: sorted by hour and then at random, it is a permutation.
        entry_hour, entry_person = hour[first], person[first]
        shuffled = entry_person[np.lexsort((generator.random(len(entry_person)), entry_hour))]
        exchanged = np.empty_like(self.person)
        exchanged[order] = shuffled[np.cumsum(first) - 1]
        return Fixes(exchanged, self.at, self.latitude, self.longitude)


def distance(
    latitude: Floats, longitude: Floats, to_latitude: Floats | float, to_longitude: Floats | float
) -> Floats:
    """Return the metres between points and others, in the plane that touches the Earth between them."""
    north = (latitude - to_latitude) * METRES_PER_DEGREE
    east = (longitude - to_longitude) * METRES_PER_DEGREE * np.cos(np.radians(to_latitude))
    result: Floats = np.hypot(north, east)
    return result
