"""The sun: when it rises and sets, in closed form."""

from __future__ import annotations

import math
from functools import lru_cache

from simulator.core.calendar import Calendar
from simulator.core.units import DAY, HOUR, MINUTE

ALTITUDE = math.radians(-0.833)
"""Of the sun's centre when its edge is on the horizon, with refraction (NOAA Solar Calculator)."""


_AT_MOST = 2 * HOUR
"""Seconds that clocks are off the sun where people live (western China has the most)."""


def longitude_of(calendar: Calendar, longitude: float) -> float:
    """Return where the sun is taken from: the place's longitude, if its clock is one that is used there.

    A scenario may give its town the clock of any zone. The sun then goes by that clock, as over the zone's
    middle meridian, so that noon is bright.
    """
    offset = calendar.offset(0.0)
    return longitude if abs(offset - longitude / 360.0 * DAY) <= _AT_MOST else offset / DAY * 360.0


class Sun:
    """Sunrise and sunset at one spot, to within a few minutes below 60° of latitude.

    Declination after Cooper (1969, Solar Energy 12), the equation of time after Woolf (1968, NASA TM-X-1646)
    as textbooks give them.

    Args:
        calendar: tells the days.
        latitude: degrees.
        longitude: degrees; see `longitude_of` for a town whose clock is of another zone.
    """

    def __init__(self, calendar: Calendar, latitude: float, longitude: float) -> None:
        self._calendar = calendar
        self._latitude = math.radians(latitude)
        # What the clock of Greenwich shows at noon, less the equation of time.
        self._noon = DAY / 2 - longitude / 360.0 * DAY
        self._utc_epoch = calendar.utc_epoch
        self._of_day = lru_cache(maxsize=8)(self._rise_and_set)

    def rises(self, at: float) -> float:
        """Return the simulated second of the sunrise of the local day of `at`."""
        return self._of_day(self._calendar.day(at))[0]

    def sets(self, at: float) -> float:
        """Return the simulated second of the sunset of the local day of `at`."""
        return self._of_day(self._calendar.day(at))[1]

    def is_up(self, at: float) -> bool:
        """Return whether it is day."""
        rises, sets = self._of_day(self._calendar.day(at))
        return rises <= at < sets

    def _rise_and_set(self, day: int) -> tuple[float, float]:
        # Days since 1970-01-01; the sun repeats itself every 365.25 of them.
        of_year = (day % 365.25) + 1.0
        angle = math.tau * (of_year - 81.0) / 364.0
        equation = 9.87 * math.sin(2.0 * angle) - 7.53 * math.cos(angle) - 1.5 * math.sin(angle)
        declination = math.radians(23.45) * math.sin(math.tau * (284.0 + of_year) / 365.0)
        cosine = (math.sin(ALTITUDE) - math.sin(self._latitude) * math.sin(declination)) / (
            math.cos(self._latitude) * math.cos(declination)
        )
        # Beyond a polar circle it is up, or down, all day.
        half = math.acos(min(max(cosine, -1.0), 1.0)) / math.tau * DAY
        noon = day * DAY + self._noon - equation * MINUTE - self._utc_epoch
        return noon - half, noon + half
