"""A hazard: how readily something happens, by the hour of the week."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate

from simulator.core.calendar import Calendar
from simulator.core.seeds import Draws
from simulator.core.units import HOUR

WEEK_HOURS = 168


class Hazard:
    """An inhomogeneous Poisson process with a weekly rhythm, exact and without polling.

    Times are drawn by inversion of the cumulative rate: a unit exponential is what a person waits for in
    hazard, and the cumulative rate says when that much has gone by.

    Args:
        weekday: events an hour, by clock hour at which the rate begins; it holds until the next one named.
        weekend: the same for Saturday and Sunday.
    """

    def __init__(self, weekday: Mapping[int, float], weekend: Mapping[int, float]) -> None:
        self._rates = tuple(_by_hour(weekday) * 5 + _by_hour(weekend) * 2)
        self._cumulative = tuple(accumulate(self._rates, initial=0.0))

    def next(self, calendar: Calendar, after: float, factor: float, draws: Draws) -> float:
        """Return the simulated second of the first event after `after`; infinity if the factor is 0.

        Args:
            calendar: gives the hour of the week.
            after: simulated seconds.
            factor: multiplies the rate.
            draws: gives the waiting time.
        """
        if factor <= 0.0:
            return math.inf
        begin = calendar.weekday(after) * 24 + calendar.hour(after)
        hour = int(begin)
        passed = self._cumulative[hour] + (begin - hour) * self._rates[hour]
        weeks, rest = divmod(passed + draws.exponential(1.0) / factor, self._cumulative[-1])
        hour = min(bisect(self._cumulative, rest), WEEK_HOURS) - 1
        end = hour + (rest - self._cumulative[hour]) / self._rates[hour]
        return calendar.later(after, max(weeks * WEEK_HOURS + end - begin, 0.0) * HOUR)

    def draw(self, draws: Draws) -> tuple[int, float]:
        """Return the weekday, 0 for Monday, and the clock hour of an event of any week."""
        at = draws.uniform(0.0, self._cumulative[-1])
        hour = min(bisect(self._cumulative, at), WEEK_HOURS) - 1
        weekday, clock = divmod(hour, 24)
        return weekday, clock + (at - self._cumulative[hour]) / self._rates[hour]


def _by_hour(rates: Mapping[int, float]) -> list[float]:
    hours, rate = [], 0.0
    for hour in range(24):
        rate = rates.get(hour, rate)
        hours.append(rate)
    return hours
