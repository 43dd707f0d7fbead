"""What is measured of wearables: pulse, steps, sleep, and how they sample, sync and last."""

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
    ratio,
    spread,
)
from simulator.calibration.measure import Measure, measures
from simulator.calibration.town import Town
from simulator.calibration.wearers import ASLEEP, EXERCISE, Bands, Hoarders, Wearers, Wrist
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world import Activity, Sex, Spell, TravelMode

LEAST_SAMPLES = 20
"""Readings of a person that make a median."""

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

WORN_DAY = 10.0
"""Hours of wear that make a day's steps count (Master 2022)."""

BROKEN = 30 * MINUTE
"""Seconds; readings further apart were interrupted."""


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
        hour = _hours(wearers, wrist.pulse.at)
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
        hour = _hours(wearers, wrist.pulse.at).astype(int)
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


def steps_median(wearers: Wearers) -> Sequence[Estimate]:
    """Median over adults of their mean steps a day."""
    return [bootstrap(_daily_steps(wearers), lambda sample: float(np.median(sample)))]


def steps_iqr(wearers: Wearers) -> Sequence[Estimate]:
    """Quartiles of the same."""
    steps = _daily_steps(wearers)
    return [
        bootstrap(steps, lambda sample: float(np.percentile(sample, 25.0))),
        bootstrap(steps, lambda sample: float(np.percentile(sample, 75.0))),
    ]


def sleep_duration(wearers: Wearers) -> Sequence[Estimate]:
    """Mean hours asleep of adults."""
    return [mean([float(np.mean(hours)) for _, hours in _slept(wearers)])]


def sleep_onset(wearers: Wearers) -> Sequence[Estimate]:
    """Mean local hour at which adults fall asleep."""
    onsets = []
    for wrist in wearers.adults:
        # From noon on, so that midnight lies in the middle.
        hours = [_hours(wearers, np.array([night.onset - 12 * HOUR]))[0] + 12.0 for night in wrist.nights()]
        if hours:
            onsets.append(float(np.mean(hours)))
    return [mean(onsets)]


def sleep_sex_gap(town: Town) -> Sequence[Estimate]:
    """Minutes that women sleep longer than men, of what everybody sleeps in a day and night."""
    rows = []
    for person in town.people(ADULT):
        slept = sum(seconds for _, seconds in town.whole_spells(person, _sleeps))
        rows.append((slept / town.days / MINUTE, float(person.sex is Sex.FEMALE)))

    def gap(sample: Floats) -> float:
        women = sample[:, 1] == 1.0
        if women.all() or not women.any():
            return math.nan
        return float(sample[women, 0].mean() - sample[~women, 0].mean())

    return [bootstrap(rows, gap)]


def sleep_night_sd(wearers: Wearers) -> Sequence[Estimate]:
    """Mean over adults of the SD of their hours asleep from night to night."""
    return [mean([float(np.std(hours, ddof=1)) for _, hours in _slept(wearers) if len(hours) >= 5])]


def skin_temp_rise(wearers: Wearers) -> Sequence[Estimate]:
    """Rise of the skin temperature from falling asleep to the hours after it."""
    rises = []
    for wrist in wearers.adults:
        at, celsius = wrist.skin.at, wrist.skin.value
        nightly = []
        for night in wrist.nights():
            since = at - night.onset
            before = celsius[(since > -30 * MINUTE) & (since < 3 * MINUTE)]
            after = celsius[(since > 1 * HOUR) & (since < 3 * HOUR)]
            if len(before) and len(after):
                nightly.append(after.mean() - before.mean())
        if nightly:
            rises.append(float(np.mean(nightly)))
    return [mean(rises)]


def spo2_sleep(wearers: Wearers) -> Sequence[Estimate]:
    """Mean oxygen saturation asleep."""
    people = [wrist.oxygen.value[wrist.oxygen.activity == ASLEEP] for wrist in wearers.adults]
    return [mean([float(each.mean()) for each in people if len(each)])]


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


def hr_sampling(bands: Wearers) -> Sequence[Estimate]:
    """Seconds between two readings of a band's pulse, at rest and in exercise."""
    return [spread(_gaps(bands, EXERCISE, during)) for during in (False, True)]


def hr_sampling_watch(wearers: Wearers) -> Sequence[Estimate]:
    """The same of a watch."""
    return hr_sampling(wearers)


def sync_burst(wearers: Wearers) -> Sequence[Estimate]:
    """Minutes between two syncs while the wearer stays at home."""
    gaps = []
    for wrist in wearers.wrists.values():
        for (before, _, _), (after, _, _) in pairwise(wrist.battery):
            spell = wearers.chronicle.spell_at(wrist.person.id, after)
            if spell.start <= before and spell.place is wrist.person.home:
                gaps.append((after - before) / MINUTE)
    return [spread(gaps, 0.9)]


def unsynced_store(hoarders: Wearers) -> Sequence[Estimate]:
    """Days that the oldest reading lies back, in the syncs that come after more than a week."""
    ages = []
    for wrist in hoarders.wrists.values():
        for (before, _), (at, observed) in pairwise(wrist.oldest):
            # The watch may have been on its charger when the week began: give it a day to be worn again.
            if at - before > 8 * DAY:
                ages.append((at - observed) / DAY)
    return [spread(ages)]


def battery(wearers: Wearers, bands: Bands) -> Sequence[Estimate]:
    """Hours that a full watch lasts while its wearer is awake; days that a band lasts, day and night."""
    return [
        _battery_life(wearers, awake=True).times(1.0 / HOUR),
        _battery_life(bands, awake=False).times(1.0 / DAY),
    ]


def _sleeps(spell: Spell) -> bool:
    return spell.activity is Activity.ASLEEP


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


def _hours(wearers: Wearers, at: Floats) -> Floats:
    """Return the local hours of some moments."""
    return np.asarray((at + wearers.chronicle.calendar.hour(0.0) * HOUR) % DAY / HOUR)


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
    hour = _hours(wearers, start[rows]).astype(int)
    x, before, y = (_without(hour, each) for each in (cadence[rows], cadence[rows - 1], pulse[rows]))
    return np.array([x @ x, x @ before, x @ before, before @ before, x @ y, before @ y])


def _without(group: np.ndarray[tuple[int], np.dtype[np.int64]], values: Floats) -> Floats:
    """Return values minus the mean of their group."""
    counts = np.maximum(np.bincount(group), 1)
    return np.asarray(values - (np.bincount(group, values) / counts)[group])


def _daily_steps(wearers: Wearers) -> list[float]:
    steps = []
    for wrist in wearers.adults:
        worn = wrist.worn_hours(wearers.days) >= WORN_DAY
        day = np.minimum(((wrist.steps.at - 1.0) // DAY).astype(int), wearers.days - 1)
        counts = np.bincount(day, wrist.steps.value, minlength=wearers.days)
        if worn.any():
            steps.append(float(counts[worn].mean()))
    return steps


def _slept(wearers: Wearers) -> Iterator[tuple[Wrist, list[float]]]:
    """Yield adults whose nights were seen, with their hours asleep."""
    for wrist in wearers.adults:
        hours = [night.asleep / HOUR for night in wrist.nights()]
        if hours:
            yield wrist, hours


def _gaps(wearers: Wearers, activity: int, during: bool) -> Floats:
    """Return the seconds between readings of the pulse during an activity, or during all others."""
    gaps = []
    for wrist in wearers.wrists.values():
        apart = np.diff(wrist.pulse.at)
        doing = (wrist.pulse.activity == activity) == during
        gaps.append(apart[doing[:-1] & doing[1:] & (apart < BROKEN)])
    return np.concatenate(gaps) if gaps else np.zeros(0)


def _battery_life(wearers: Wearers, awake: bool) -> Estimate:
    """Return the seconds from full to empty, from what was drained between syncs."""
    rows = []
    for wrist in wearers.wrists.values():
        seconds = drained = 0.0
        for (at, level, charging), (then, left, charges) in pairwise(wrist.battery):
            spells = {wearers.chronicle.spell_at(wrist.person.id, moment).activity for moment in (at, then)}
            if charging or charges or left > level or (awake and Activity.ASLEEP in spells) or not left:
                continue
            seconds += then - at
            drained += level - left
        if drained:
            rows.append((seconds, drained / 100.0))
    return ratio(*zip(*rows, strict=True)) if rows else spread([])


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
            steps_median,
            steps_iqr,
            sleep_duration,
            sleep_onset,
            sleep_night_sd,
            skin_temp_rise,
            spo2_sleep,
            rmssd_by_age,
            hr_sampling_watch,
            sync_burst,
        ),
    ),
    **measures(Bands, of=(hr_sampling,)),
    **measures(Hoarders, of=(unsynced_store,)),
    **measures(Wearers, Bands, of=(battery,)),
    **measures(Wearers, Crowd, of=(rhr_weekly_swing,)),
    **measures(Crowd, of=(irregular_pulse,)),
    **measures(Town, of=(sleep_sex_gap,)),
}
"""A measure for each target of the family, by its id."""
