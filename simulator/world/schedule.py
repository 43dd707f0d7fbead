"""Schedules: when people work or learn, in the week's rhythm or by a rota of shifts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from simulator.core.seeds import Draws
from simulator.world.census import Resident
from simulator.world.holidays import is_public_holiday, is_school_holiday
from simulator.world.person import Occupation

WEEKDAYS = frozenset(range(5))

SCHOOL_STARTS, SCHOOL_HOURS = 8.75, 6.5
"""Local hour, hours."""

EARLY, LATE, NIGHT = 6.0, 14.0, 22.0
"""Local hours at which the shifts of a rota begin; each lasts eight hours."""

ROTA = (EARLY, EARLY, LATE, LATE, NIGHT, NIGHT, None, None)
"""Starts of the shifts of eight days, after which it begins again: the metropolitan rota, which goes forwards
so that nobody comes back for an early shift after a late one (Knauth 1996, Applied Ergonomics 27)."""

_SHIFTS = ((EARLY + 0.5, 0.4), (8.1, 0.8), (LATE, 0.8), (NIGHT, 0.3))
_SHIFT_SHARES = (0.10, 0.80, 0.07, 0.03)
"""Mean and SD of the hour at which work begins, and shares of those without a rota: early, day, evening and
night. Half of commuters have left home by half past seven (ACS 2019, from memory). With the rota, some 4 %
work at night (BLS 2019, Job Flexibilities and Work Schedules: 6 % of workers in the evening, 4 % at night,
rounded)."""

_ROTATES = 0.025
"""Share of workers whose rota takes turns (BLS 2019, rounded)."""

_ANY_DAYS = 0.3
"""Share of the others who work five days of any week, weekends as well as not (assumption)."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a person works or learns.

    Attributes:
        days: usual weekdays, 0 for Monday.
        start: local hour.
        hours: how long.
        attendance: chance to go on a usual day; the rest is leave and sickness.
        overtime: chance to go on any other day.
        school: whether it follows the school terms.
        rota: start of each day of a rota, None for a free one; it goes round whatever the weekday, in place
            of days and start.
        turn: where in the rota the person is on day 0.
    """

    days: frozenset[int]
    start: float
    hours: float
    attendance: float
    overtime: float = 0.0
    school: bool = False
    rota: tuple[float | None, ...] = ()
    turn: int = 0

    def usual_start(self, day: int) -> float | None:
        """Return the local hour at which the person usually begins on a day, None if they are usually free.

        Args:
            day: local day as `Calendar.day` counts.
        """
        if self.rota:
            return self.rota[(day + self.turn) % len(self.rota)]
        if (day + 3) % 7 not in self.days:
            return None
        keeps_week = self.days <= WEEKDAYS
        free = is_school_holiday(day) if self.school else keeps_week and is_public_holiday(day)
        return None if free else self.start


def draw_schedule(resident: Resident, carer: bool, draws: Draws) -> Schedule | None:
    """Return when a person works or learns.

    Kinds of workers make 83 % work on a weekday and 34 % on a weekend day (BLS 2012): most keep the week and
    now and then work on a free day, others work any five days, and a few by a rota of early, late and night
    shifts.

    Args:
        resident: who it is.
        carer: whether they care for young children; such people look for work within the hours of day care.
        draws: what is left to chance.
    """
    match resident.occupation:
        case Occupation.PUPIL:
            return Schedule(WEEKDAYS, SCHOOL_STARTS, SCHOOL_HOURS, attendance=0.95, school=True)
        case Occupation.STUDENT:
            return Schedule(WEEKDAYS, draws.uniform(8.5, 11.5), draws.uniform(3.0, 7.0), attendance=0.8)
        case Occupation.WORKER if carer:
            start = max(draws.normal(8.9, 0.4), 8.4)
            return Schedule(WEEKDAYS, start, draws.choice((5.0, 6.5, 8.0)), attendance=0.9)
        case Occupation.WORKER:
            return _work_schedule(draws)
    return None


def _work_schedule(draws: Draws) -> Schedule:
    if draws.chance(_ROTATES):
        return Schedule(frozenset(), EARLY, 8.0, 0.9, rota=ROTA, turn=draws.below(len(ROTA)))
    days, overtime = WEEKDAYS, 0.26
    if draws.chance(_ANY_DAYS):
        free = draws.below(7)
        days, overtime = _days_without(free, (free + 1 + draws.below(6)) % 7), 0.12
    start, sd = draws.choice(_SHIFTS, _SHIFT_SHARES)
    hours = draws.normal(8.2, 0.7) if draws.chance(0.8) else draws.uniform(4.0, 6.5)
    return Schedule(days, max(draws.normal(start, sd), 5.5), min(max(hours, 4.0), 10.0), 0.9, overtime)


@cache
def _days_without(first: int, second: int) -> frozenset[int]:
    """Return a week without two days, one set for everybody who has them off."""
    return frozenset(range(7)) - {first, second}
