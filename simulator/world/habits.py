"""Habits: what a person does again and again, and what makes one person's days unlike another's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from simulator.core.seeds import Draws
from simulator.world.census import ADULT, Resident
from simulator.world.person import Occupation, TravelMode
from simulator.world.sleep import Sleep, draw_sleep

WEEKDAYS = frozenset(range(5))

SCHOOL_STARTS, SCHOOL_HOURS = 8.75, 6.5
"""Local hour, hours."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a person works or learns.

    Attributes:
        days: usual weekdays, 0 for Monday.
        start: local hour.
        hours: how long.
        attendance: chance to go on a usual day; the rest is leave and sickness.
        overtime: chance to go on any other day.
    """

    days: frozenset[int]
    start: float
    hours: float
    attendance: float
    overtime: float = 0.0


@dataclass(frozen=True, slots=True)
class Habits:
    """What a person does again and again.

    Attributes:
        sleep: how they sleep.
        schedule: when they work or learn, None if they do neither.
        commute: how they get there.
        preparation: hours from getting up to leaving.
        exercise: chance to want exercise on a day.
        exercise_hour: local hour at which they like it.
        sociability: how often they go out, 1 on average.
        drives: whether they drive.
    """

    sleep: Sleep
    schedule: Schedule | None
    commute: TravelMode
    preparation: float
    exercise: float
    exercise_hour: float
    sociability: float
    drives: bool


def draw_drives(age: int, draws: Draws) -> bool:
    """Return whether a person drives (assumption: 88 % of adults)."""
    return age >= ADULT and draws.chance(0.88)


def draw_schedule(resident: Resident, carer: bool, draws: Draws) -> Schedule | None:
    """Return when a person works or learns.

    Two kinds of workers make 83 % work on a weekday and 34 % on a weekend day (BLS 2012): most keep the week
    and now and then work on a free day, the others have a rota of any five days.

    Args:
        resident: who it is.
        carer: whether they care for young children; such people look for work within the hours of day care.
        draws: what is left to chance.
    """
    match resident.occupation:
        case Occupation.PUPIL:
            return Schedule(WEEKDAYS, SCHOOL_STARTS, SCHOOL_HOURS, attendance=0.95)
        case Occupation.STUDENT:
            return Schedule(WEEKDAYS, draws.uniform(8.5, 11.5), draws.uniform(3.0, 7.0), attendance=0.8)
        case Occupation.WORKER if carer:
            start = max(draws.normal(8.9, 0.4), 8.4)
            return Schedule(WEEKDAYS, start, draws.choice((5.0, 6.5, 8.0)), attendance=0.9)
        case Occupation.WORKER:
            return _work_schedule(draws)
    return None


def _work_schedule(draws: Draws) -> Schedule:
    days, overtime = WEEKDAYS, 0.27
    if draws.chance(0.3):
        free = draws.below(7)
        days, overtime = _days_without(free, (free + 1 + draws.below(6)) % 7), 0.12
    # Early, day and late shifts (assumption).
    start, sd = draws.choice(((6.3, 0.4), (8.4, 0.7), (13.0, 0.8)), (0.12, 0.78, 0.10))
    hours = draws.normal(8.2, 0.7) if draws.chance(0.8) else draws.uniform(4.0, 6.5)
    return Schedule(days, max(draws.normal(start, sd), 5.5), min(max(hours, 4.0), 10.0), 0.9, overtime)


@cache
def _days_without(first: int, second: int) -> frozenset[int]:
    """Return a week without two days, one set for everybody who has them off."""
    return frozenset(range(7)) - {first, second}


def draw_habits(
    resident: Resident, schedule: Schedule | None, commute: TravelMode, drives: bool, draws: Draws
) -> Habits:
    """Return the habits of a person, given those that their household and work place decide.

    Exercise: 21.1 % of people on a day (BLS 2023), so a little more want it; most of it is done by few (the
    spread is an assumption, as all else here is).
    """
    exercise = draws.uniform() ** 2.2 * 0.72
    return Habits(
        sleep=draw_sleep(resident.age, resident.sex, draws),
        schedule=schedule,
        commute=commute,
        preparation=draws.uniform(0.75, 1.5),
        exercise=exercise,
        exercise_hour=draws.choice((6.5, 9.5, 17.5, 18.5), (0.2, 0.25, 0.3, 0.25)),
        sociability=draws.lognormal(0.85, 0.55),
        drives=drives,
    )
