"""What is measured of wearables: steps, sleep, and how they sample, sync and last; the pulse is apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from simulator.calibration.cohort import ADULT
from simulator.calibration.estimate import (
    Estimate,
    Floats,
    bootstrap,
    mean,
    ratio,
    spread,
)
from simulator.calibration.measure import Measure, measures
from simulator.calibration.town import Town
from simulator.calibration.wearers import (
    ASLEEP,
    EXERCISE,
    Bands,
    Hoarders,
    Wearers,
    Wrist,
    local_hours,
)
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world import Activity, Sex, Spell

WORN_DAY = 10.0
"""Hours of wear that make a day's steps count (Master 2022)."""

BROKEN = 30 * MINUTE
"""Seconds; readings further apart were interrupted."""


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
        hours = [
            local_hours(wearers, np.array([night.onset - 12 * HOUR]))[0] + 12.0 for night in wrist.nights()
        ]
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
            steps_median,
            steps_iqr,
            sleep_duration,
            sleep_onset,
            sleep_night_sd,
            skin_temp_rise,
            spo2_sleep,
            hr_sampling_watch,
            sync_burst,
        ),
    ),
    **measures(Bands, of=(hr_sampling,)),
    **measures(Hoarders, of=(unsynced_store,)),
    **measures(Wearers, Bands, of=(battery,)),
    **measures(Town, of=(sleep_sex_gap,)),
}
"""A measure for each target of the family that is not about the pulse, by its id."""
