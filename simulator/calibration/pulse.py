"""What is measured of the pulse: at rest, by day and night, in motion, over a year, and how even it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from simulator.calibration.cohort import ADULT
from simulator.calibration.crowd import Crowd
from simulator.calibration.estimate import (
    Estimate,
    Floats,
    UnmeasurableError,
    bootstrap,
    mean,
)
from simulator.calibration.measure import Measure, measures
from simulator.calibration.wearers import (
    ASLEEP,
    LEAST_SAMPLES,
    Wearers,
    Wrist,
    local_hours,
)
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world import Activity, TravelMode

DAYTIME = (9.0, 21.0)
"""Local hours between which a pulse at rest is one of the day."""


SETTLED = (10 * MINUTE, 20 * MINUTE)
"""Seconds after an activity in which the pulse has settled for sure."""


LEAST_DAYS = 5
"""Days of a person that make a mean of them, and show a spread."""


SWING, WEEKS, WATCHED_LONG = 10.0, 46, 1500
"""Beats a minute; weeks for which a person was watched in the median (Quer 2020); people who are."""


STUDY_AGES = ((22, 0.523), (40, 0.316), (55, 0.102), (65, 0.059))
"""Ages from which the groups of the Apple Heart Study begin, and their shares (Perez 2019)."""


STUDY_LASTS, STUDY_LOOKS = 117 * DAY, 3 * HOUR
"""Median time in the study; an episode that one of so many looks meets is long enough for an alert."""


def rhr_mean(wearers: Wearers) -> Sequence[Estimate]:
    """Mean resting pulse of adults."""
    return [mean(_resting_pulses(wearers))]


def rhr_sd(wearers: Wearers) -> Sequence[Estimate]:
    """Its standard deviation between them."""
    return [bootstrap(_resting_pulses(wearers), lambda sample: float(sample.std(ddof=1)))]


def rhr_day_night_gap(wearers: Wearers) -> Sequence[Estimate]:
    """Pulse at rest by day minus pulse asleep."""
    gaps = []
    for wrist in wearers.adults:
        hour = local_hours(wearers, wrist.pulse.at)
        bpm, activity = wrist.pulse.value, wrist.pulse.activity
        day = bpm[wrist.resting(wrist.pulse.at, activity) & (hour >= DAYTIME[0]) & (hour < DAYTIME[1])]
        night = bpm[activity == ASLEEP]
        if min(len(day), len(night)) >= LEAST_SAMPLES:
            gaps.append(float(np.median(day) - np.median(night)))
    return [mean(gaps)]


def hr_nadir_hour(wearers: Wearers) -> Sequence[Estimate]:
    """Local hour, in its middle, at which the mean pulse is lowest."""
    courses = []
    for wrist in wearers.adults:
        hour = local_hours(wearers, wrist.pulse.at).astype(int)
        if len(hour):
            counts = np.bincount(hour, minlength=24)
            if counts.min() > 0:
                courses.append(np.bincount(hour, wrist.pulse.value, minlength=24) / counts)
    return [bootstrap(courses, lambda sample: float(sample.mean(axis=0).argmin()) + 0.5)]


def hr_recovery(wearers: Wearers) -> Sequence[Estimate]:
    """Minutes until 5 % of the excess after exercise is left."""
    minutes = int(SETTLED[0] / MINUTE)
    courses = []
    for wrist in wearers.wrists.values():
        at, bpm = wrist.pulse.at, wrist.pulse.value
        for end in _exercises_before_rest(wearers, wrist):
            settled = bpm[(at >= end + SETTLED[0]) & (at < end + SETTLED[1])]
            since = (at - end) / MINUTE
            after = (since >= 0.0) & (since < minutes)
            if len(settled) and after.any():
                minute = since[after].astype(int)
                excess = np.bincount(minute, bpm[after] - settled.mean(), minlength=minutes)
                courses.append(np.concatenate((excess, np.bincount(minute, minlength=minutes))))
    return [bootstrap(courses, lambda sample: _settling(sample, minutes))]


def hr_per_cadence(wearers: Wearers) -> Sequence[Estimate]:
    """Beats a minute for each step a minute, from quarters of an hour awake."""
    moments = [_cadence_moments(wearers, wrist) for wrist in wearers.adults]

    def slope(sample: Floats) -> float:
        xx, xy = sample[:, :4].sum(axis=0).reshape(2, 2), sample[:, 4:].sum(axis=0)
        return float(np.linalg.solve(xx, xy).sum())

    return [bootstrap([each for each in moments if each is not None], slope)]


def rhr_weekly_swing(wearers: Wearers, crowd: Crowd) -> Sequence[Estimate]:
    """Adults with a week in most of a year in which the daily resting pulse swings by 10 beats a minute.

    The body's course over the year is asked of the world; what the watch's daily figure adds to it by chance
    is taken from the two weeks of one wearer for each.
    """
    errors = [each for wrist in wearers.adults if len(each := _daily_errors(wrist))]
    if not errors:
        raise UnmeasurableError("no watch reported a resting pulse for long enough")
    generator = np.random.default_rng(2020)
    swings = []
    for number, person in enumerate(crowd.people(ADULT)[:WATCHED_LONG]):
        days = [person.health.pulse((day + 0.5) * DAY) for day in range(7 * WEEKS)]
        added = generator.choice(errors[number % len(errors)], len(days))
        weeks = (np.array(days) + added).reshape(WEEKS, 7)
        swings.append(100.0 * bool((np.ptp(weeks, axis=1) >= SWING).any()))
    return [mean(swings)]


def rmssd_by_age(wearers: Wearers) -> Sequence[Estimate]:
    """Slope of the logarithm of the variability over ten years of age; by how much it is higher asleep."""
    slopes, nights = [], []
    for wrist in wearers.adults:
        rmssd, asleep = wrist.variability.value, wrist.variability.activity == ASLEEP
        awake = rmssd[~asleep]
        if len(awake) >= LEAST_SAMPLES:
            slopes.append((wrist.person.age / 10.0, math.log(np.median(awake))))
            if asleep.sum() >= LEAST_SAMPLES:
                nights.append(100.0 * float(np.median(rmssd[asleep]) / np.median(awake) - 1.0))
    return [bootstrap(slopes, _slope), mean(nights)]


def irregular_pulse(crowd: Crowd) -> Sequence[Estimate]:
    """Adults whose pulse is found irregular within the study's months, standardised to its ages."""
    ages = np.array([age for age, _ in STUDY_AGES])
    shares = np.array([share for _, share in STUDY_AGES])
    rows = []
    for person in crowd.people(int(ages[0])):
        fibrillates = person.health.fibrillates
        found = any(fibrillates(at) for at in np.arange(0.0, STUDY_LASTS, STUDY_LOOKS).tolist())
        rows.append((float(np.searchsorted(ages, person.age, side="right") - 1), 100.0 * found))

    def share(sample: Floats) -> float:
        group = sample[:, 0].astype(int)
        return float(np.bincount(group, sample[:, 1]) / np.bincount(group) @ shares)

    return [bootstrap(rows, share, rounds=200)]


def _resting_pulses(wearers: Wearers) -> list[float]:
    """Return the mean of the daily resting pulse of each adult, as their watches report it."""
    return [float(wrist.rest.value.mean()) for wrist in wearers.adults if len(wrist.rest.value) >= LEAST_DAYS]


def _slope(pairs: Floats) -> float:
    """Return the slope of the straight line that fits pairs of x and y best."""
    x, y = pairs.T
    return float(np.cov(x, y)[0, 1] / x.var(ddof=1))


def _daily_errors(wrist: Wrist) -> Floats:
    """Return what is left of a watch's daily resting pulse without the wearer's mean and the body's."""
    if len(wrist.rest.value) < LEAST_DAYS:
        return np.zeros(0)
    # A day is reported when it is over.
    body = [wrist.person.health.pulse(at - DAY / 2) for at in wrist.rest.at.tolist()]
    left = wrist.rest.value - np.array(body)
    # The mean took one of so many degrees of freedom with it.
    return np.asarray((left - left.mean()) * math.sqrt(len(left) / (len(left) - 1)))


def _exercises_before_rest(wearers: Wearers, wrist: Wrist) -> Iterator[float]:
    """Yield when the wearer ended an exercise and then did not go on walking."""
    lived = list(wearers.chronicle.lived(wrist.person.id))
    for exercise, then in pairwise(lived):
        walks = then.spell.trip is not None and then.spell.trip.mode is TravelMode.WALK
        if exercise.spell.activity is Activity.EXERCISE and not walks:
            yield exercise.end


def _settling(sample: Floats, minutes: int) -> float:
    """Return the minutes in which the mean excess falls to 5 %, by the exponential that fits it best."""
    total, count = sample[:, :minutes].sum(axis=0), sample[:, minutes:].sum(axis=0)
    seen = count > 0
    excess, middle = total[seen] / count[seen], np.arange(minutes)[seen] + 0.5
    best, settling = math.inf, math.nan
    for time in np.arange(0.2, 6.0, 0.02):
        shape = np.exp(-middle / time)
        scale = (count[seen] * excess * shape).sum() / (count[seen] * shape**2).sum()
        error = (count[seen] * (excess - scale * shape) ** 2).sum()
        if error < best:
            best, settling = error, float(-math.log(0.05) * time)
    return settling


def _cadence_moments(wearers: Wearers, wrist: Wrist) -> Floats | None:
    """Return the sums of products that a regression of the pulse on the cadence needs, within one person.

    The pulse of a quarter is its mean over time. Hours of the day are taken out, and the person's mean.
    """
    start, end, cadence = wrist.cadence()
    at, bpm = wrist.pulse.at, wrist.pulse.value
    if len(end) < LEAST_SAMPLES or len(at) < LEAST_SAMPLES:
        return None
    lasts = np.minimum(np.diff(at, append=at[-1]), 7 * MINUTE)
    number = np.searchsorted(end, at)
    inside = (number < len(end)) & (wrist.pulse.activity != ASLEEP)
    inside[inside] &= at[inside] >= start[number[inside]]
    weight = np.bincount(number[inside], lasts[inside], minlength=len(end))
    pulse = np.bincount(number[inside], (lasts * bpm)[inside], minlength=len(end)) / np.maximum(weight, 1e-9)
    good = (weight > 5 * MINUTE) & (end - start > 14 * MINUTE)
    good[0] = False
    good[1:] &= start[1:] - end[:-1] < 1.0
    rows = np.flatnonzero(good)
    if len(rows) < LEAST_SAMPLES:
        return None
    hour = local_hours(wearers, start[rows]).astype(int)
    x, before, y = (_without(hour, each) for each in (cadence[rows], cadence[rows - 1], pulse[rows]))
    return np.array([x @ x, x @ before, x @ before, before @ before, x @ y, before @ y])


def _without(group: np.ndarray[tuple[int], np.dtype[np.int64]], values: Floats) -> Floats:
    """Return values minus the mean of their group."""
    counts = np.maximum(np.bincount(group), 1)
    return np.asarray(values - (np.bincount(group, values) / counts)[group])


MEASURES: Mapping[str, Measure] = {
    **measures(
        Wearers,
        of=(
            rhr_mean,
            rhr_sd,
            rhr_day_night_gap,
            hr_nadir_hour,
            hr_recovery,
            hr_per_cadence,
            rmssd_by_age,
        ),
    ),
    **measures(Wearers, Crowd, of=(rhr_weekly_swing,)),
    **measures(Crowd, of=(irregular_pulse,)),
}
"""A measure for each target of the pulse, by its id."""
