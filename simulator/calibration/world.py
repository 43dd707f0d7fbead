"""What is measured of people's days: shopping, work, exercise, commuting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from simulator.calibration.cohort import ADULT, WORKING_AGE, Cohort
from simulator.calibration.crowd import Crowd
from simulator.calibration.estimate import (
    Estimate,
    Floats,
    bootstrap,
    mean,
    percent,
    ratio,
)
from simulator.calibration.latent import share_of_reluctant
from simulator.calibration.measure import Measure, measures
from simulator.calibration.town import Town
from simulator.core.units import DAY, MINUTE, WEEK
from simulator.world import Activity, Occupation, Person, Purpose, Spell


def shops(spell: Spell) -> bool:
    """Return whether it is a visit to a shop."""
    return spell.activity is Activity.SHOP


def shoppers_day(town: Cohort) -> Sequence[Estimate]:
    """People who shop on a weekday, on a weekend day."""
    return _by_kind_of_day(town, town.people(WORKING_AGE), Activity.SHOP)


def work_on_weekday(town: Cohort) -> Sequence[Estimate]:
    """Workers who work on a weekday, on a weekend day."""
    workers = [person for person in town.people() if person.occupation is Occupation.WORKER]
    return _by_kind_of_day(town, workers, Activity.WORK)


def exercise_day(town: Cohort) -> Sequence[Estimate]:
    """People who exercise on a day."""
    people = town.people(WORKING_AGE)
    days = town.days_with(people, lambda spell: spell.activity is Activity.EXERCISE)
    return [percent(days.sum(axis=1), np.full(len(people), town.days))]


def trip_length(town: Cohort) -> Sequence[Estimate]:
    """Minutes in the shop on a weekend day, on a weekday."""
    calendar = town.chronicle.calendar
    stays: dict[bool, list[tuple[float, int]]] = {True: [], False: []}
    for person in town.people():
        minutes: dict[bool, list[float]] = {True: [], False: []}
        for spell, seconds in town.whole_spells(person, shops):
            minutes[calendar.is_weekend(spell.start)].append(seconds / MINUTE)
        for weekend, times in minutes.items():
            stays[weekend].append((sum(times), len(times)))
    return [ratio(*zip(*stays[weekend], strict=True)) for weekend in (True, False)]


def trips_week(town: Cohort) -> Sequence[Estimate]:
    """Shopping trips of a household in a week."""
    trips: dict[str, int] = dict.fromkeys(town.chronicle.households, 0)
    for person in town.people():
        trips[person.household] += sum(1 for _ in town.whole_spells(person, shops))
    return [mean(list(trips.values())).times(WEEK / (town.days * DAY))]


def shop_peak(town: Cohort) -> Sequence[Estimate]:
    """Clock hours of the two highest peaks of arrivals in shops on weekdays."""
    calendar = town.chronicle.calendar
    arrivals: dict[str, Floats] = defaultdict(lambda: np.zeros(24))
    for person in town.people():
        for spell, _ in town.whole_spells(person, shops):
            if not calendar.is_weekend(spell.start):
                arrivals[person.household][int(calendar.hour(spell.start))] += 1.0
    courses = list(arrivals.values())
    return [
        bootstrap(courses, lambda sample: _peaks(sample.sum(axis=0))[0]),
        bootstrap(courses, lambda sample: _peaks(sample.sum(axis=0))[1]),
    ]


def commute_mean(town: Cohort) -> Sequence[Estimate]:
    """Mean minutes of workers' way to work, and the percentages of short and of long ones."""
    ways = []
    for person in town.people():
        if person.occupation is not Occupation.WORKER or person.workplace is None:
            continue
        times = [
            seconds / MINUTE
            for spell, seconds in town.whole_spells(person, lambda spell: spell.activity is Activity.COMMUTE)
            if spell.trip is not None and spell.trip.destination is person.workplace
        ]
        if times:
            ways.append(sum(times) / len(times))
    minutes = np.array(ways)
    return [mean(minutes), mean(100.0 * (minutes < 10.0)), mean(100.0 * (minutes > 60.0))]


def consent_attitudes(crowd: Crowd) -> Sequence[Estimate]:
    """Adults who fear for their privacy, told from the purposes that they agree to: a latent class."""
    answers = np.array([[float(purpose in person.consent) for purpose in Purpose]
                        for person in crowd.people(ADULT)])  # fmt: skip
    patterns, pattern = np.unique(answers, axis=0, return_inverse=True)

    def share(sample: Floats) -> float:
        counts = np.bincount(sample.astype(int), minlength=len(patterns)).astype(float)
        return 100.0 * share_of_reluctant(patterns, counts)

    return [bootstrap(pattern, share, rounds=100)]


def _by_kind_of_day(town: Cohort, people: list[Person], activity: Activity) -> list[Estimate]:
    days = town.days_with(people, lambda spell: spell.activity is activity)
    weekend = town.is_weekend()
    return [
        percent(days[:, kind].sum(axis=1), np.full(len(people), kind.sum())) for kind in (~weekend, weekend)
    ]


def _peaks(course: Floats) -> tuple[float, float]:
    """Return the middles of the two highest peaks of a day's course by the hour; not a number for no peak."""
    around = np.pad(course, 1)
    is_peak = (course > around[:-2]) & (course >= around[2:])
    highest = sorted(np.flatnonzero(is_peak), key=lambda hour: -course[hour])[:2]
    first, second = sorted([hour + 0.5 for hour in highest] + [float("nan")] * (2 - len(highest)))
    return float(first), float(second)


MEASURES: Mapping[str, Measure] = measures(
    Town,
    of=(
        shoppers_day,
        shop_peak,
        trip_length,
        trips_week,
        commute_mean,
        work_on_weekday,
        exercise_day,
    ),
) | measures(Crowd, of=(consent_attitudes,))
"""A measure for each target of the world, by its id."""
