"""Habits: what a person does again and again, and what makes one person's days unlike another's."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.core.seeds import Draws
from simulator.world.census import ADULT, Resident
from simulator.world.errands import SHOPPING
from simulator.world.naps import draw_fondness
from simulator.world.person import TravelMode
from simulator.world.schedule import Schedule
from simulator.world.sleep import Sleep, draw_sleep

PLANNERS = 0.48
"""Share of adults who shop for the week, at a time of their own (assumption: one of a couple, and most who
live alone)."""

_AROUND = 1.0
"""Hours from work within which nobody plans to shop, for the way there and back (assumption)."""

_TRIES = 8


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
        errand: weekday and local hour at which they shop for the week, None if they leave that to others.
        nap: chance to nap on an afternoon at home.
    """

    sleep: Sleep
    schedule: Schedule | None
    commute: TravelMode
    preparation: float
    exercise: float
    exercise_hour: float
    sociability: float
    drives: bool
    errand: tuple[int, float] | None
    nap: float


def draw_drives(age: int, draws: Draws) -> bool:
    """Return whether a person drives (assumption: 88 % of adults)."""
    return age >= ADULT and draws.chance(0.88)


def draw_habits(
    resident: Resident, schedule: Schedule | None, commute: TravelMode, drives: bool, draws: Draws
) -> Habits:
    """Return the habits of a person, given those that their household and work place decide.

    Exercise: 21.1 % of people on a day (BLS 2023), so a little more want it; most of it is done by few (the
    spread is an assumption, as all else here is).
    """
    exercise = draws.uniform() ** 2.2 * 0.7
    return Habits(
        sleep=draw_sleep(resident.age, resident.sex, draws),
        schedule=schedule,
        commute=commute,
        preparation=draws.uniform(0.75, 1.75),
        exercise=exercise,
        exercise_hour=draws.choice((6.5, 9.5, 17.5, 18.5), (0.2, 0.25, 0.3, 0.25)),
        sociability=draws.lognormal(0.86, 0.55),
        drives=drives,
        errand=_draw_errand(schedule, draws) if draws.chance(PLANNERS) else None,
        nap=draw_fondness(resident.age, draws),
    )


def _draw_errand(schedule: Schedule | None, draws: Draws) -> tuple[int, float]:
    """Return weekday and hour at which a person likes to shop: when people do, but not while they work."""
    for _ in range(_TRIES):
        weekday, hour = SHOPPING.draw(draws)
        works = schedule is not None and weekday in schedule.days
        if schedule is None or not works or not -_AROUND < hour - schedule.start < schedule.hours + _AROUND:
            break
    return weekday, hour
