"""Places of the town, and the distance between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

METRES_PER_DEGREE = 111_195.0
"""Length of one degree of latitude on a sphere of the Earth's mean radius (6,371.0 km, IUGG)."""


class PlaceKind(StrEnum):
    """What a place is for."""

    HOME = "home"
    WORK = "work"
    SCHOOL = "school"
    SHOP = "shop"
    PARK = "park"
    VENUE = "venue"


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the town's map. Latitude and longitude in degrees."""

    id: str
    kind: PlaceKind
    latitude: float
    longitude: float

    def distance(self, other: Place) -> float:
        """Return the metres to another place, as the crow flies."""
        north = (other.latitude - self.latitude) * METRES_PER_DEGREE
        east = (other.longitude - self.longitude) * METRES_PER_DEGREE * math.cos(math.radians(self.latitude))
        return math.hypot(north, east)
