"""The weather: how warm it is outdoors, and what that does to people's liking to be there."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.sun import Sun

MEAN, SWING = 19.2, 7.8
"""Mean of a year and half the way from the coldest to the warmest weeks, °C (Woomera, 100 km off, where the
means of January and July are 27 and 11.4 °C; Bureau of Meteorology, rounded)."""

WARMEST = 18
"""Day of the year about which it is warmest, in the southern summer; there and in the north half a year
later (Bureau of Meteorology, rounded)."""

DAILY_SWING, DAILY_SEASON = 6.3, 1.0
"""Half the way from the coolest to the warmest hour, °C, and how much more that is in midsummer: 14.6 °C in
January, 10.6 in July from night to afternoon (Woomera, Bureau of Meteorology)."""

WARMEST_HOUR = 15.5
"""Local solar hour of the highest temperature, three and a half after noon."""

MEMORY = 0.65
"""Correlation of one day's departure from the season with the next one's (assumption; stations report 0.6 to
0.8)."""

DEPARTURE = 3.8
"""SD of a day's departure from the season, °C (assumption)."""

_DAYS_REMEMBERED = 12
"""Of what happened so long ago, half a per cent is left."""

COMFORT = ((-10.0, 0.25), (5.0, 0.55), (16.0, 1.0), (28.0, 1.0), (36.0, 0.45), (45.0, 0.15))
"""How much people like to be outdoors at a temperature, °C, relative to mild weather (assumption in the shape
that counts of walkers and cyclists have: Böcker, Dijst and Prillwitz 2013, Transport Reviews 33)."""

DARK = 0.5
"""How much they like to be outdoors in the dark, relative to daylight (assumption)."""

QUARTER = 15 * MINUTE
"""Seconds for which the weather counts as the same."""


class Weather:
    """Temperature and daylight of the town; one for all, since it depends on the seed and the day alone.

    Args:
        calendar: tells the days.
        seeds: the run's streams; the weather of each day has one of its own.
        sun: gives noon and daylight.
        latitude: degrees; says which half of the year is warm.
    """

    def __init__(self, calendar: Calendar, seeds: Seeds, sun: Sun, latitude: float) -> None:
        self.sun = sun
        self._calendar = calendar
        self._seeds = seeds
        self._warmest = WARMEST if latitude < 0.0 else WARMEST + 183
        self._quarter, self._comfort = math.nan, 1.0
        self._departure = lru_cache(maxsize=8)(self._draw_departure)

    def temperature(self, at: float) -> float:
        """Return the outdoor temperature at a simulated second, °C.

        Year and day are cosines; a day's departure from them follows an AR(1) process from day to day, and
        goes over from one noon to the next in a straight line.
        """
        season = math.cos(math.tau * (self._calendar.day(at) - self._warmest) / 365.25)
        noon = (self.sun.rises(at) + self.sun.sets(at)) / 2.0
        hours = (at - noon) / HOUR - (WARMEST_HOUR - 12.0)
        daily = (DAILY_SWING + DAILY_SEASON * season) * math.cos(math.tau * hours / 24.0)
        day, share = divmod((at - noon) / DAY, 1.0)
        today = self._calendar.day(at) + int(day)
        departure = (1.0 - share) * self._departure(today) + share * self._departure(today + 1)
        return MEAN + SWING * season + daily + departure

    def comfort(self, at: float) -> float:
        """Return how much people like to be outdoors, from 0 to 1: mild daylight is 1.

        It is that of the quarter of an hour, since everybody asks.
        """
        quarter = at // QUARTER
        if quarter != self._quarter:
            at = quarter * QUARTER
            daylight = 1.0 if self.sun.is_up(at) else DARK
            self._quarter, self._comfort = quarter, _on_curve(COMFORT, self.temperature(at)) * daylight
        return self._comfort

    def _draw_departure(self, day: int) -> float:
        """Return by how much a day is warmer than its season; the same whichever day is asked for first."""
        shocks = (
            MEMORY**ago * self._seeds.draws("weather", day - ago).normal() for ago in range(_DAYS_REMEMBERED)
        )
        return DEPARTURE * math.sqrt(1.0 - MEMORY**2) * sum(shocks)


def _on_curve(curve: tuple[tuple[float, float], ...], x: float) -> float:
    """Return the value of a curve, on straight lines between its points and level beyond them."""
    for (left, low), (right, high) in pairwise(curve):
        if x <= right:
            return low + (high - low) * max(x - left, 0.0) / (right - left)
    return curve[-1][1]
