"""The rhythm of rest and activity: the measures themselves, and the simulated wearers by them."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.calibration.rest_activity import (
    Hourly,
    by_hour,
    interdaily_stability,
    intradaily_variability,
    least_active,
    most_active,
    relative_amplitude,
)
from simulator.core.actions import Publish
from simulator.fleet import Fleet
from simulator.scenario import Scenario

DAYS = 8
ADULT = 18


def days(count: int) -> Hourly:
    """Return the same day again and again: still from 0 to 7, busiest from 9 to 18."""
    day = np.ones(24)
    day[:7], day[9:19] = 0.0, 3.0
    return np.tile(day, count)


class TestMeasures:
    def test_a_sine_wave_is_stable_and_whole(self) -> None:
        wave = 1.0 + np.sin(np.arange(24 * DAYS) * np.pi / 12)
        assert interdaily_stability(wave) == pytest.approx(1.0)
        assert intradaily_variability(wave) == pytest.approx(0.07, abs=0.005)

    def test_noise_is_neither(self) -> None:
        noise = np.random.default_rng(1).random(24 * 200)
        assert interdaily_stability(noise) < 0.02
        assert intradaily_variability(noise) == pytest.approx(2.0, abs=0.1)

    def test_the_windows_are_where_they_are(self) -> None:
        assert least_active(days(3)).mean == 0.0
        assert least_active(days(3)).begins in (0, 1, 2)
        assert (most_active(days(3)).mean, most_active(days(3)).begins) == (3.0, 9)
        assert relative_amplitude(days(3)) == 1.0

    def test_a_window_may_go_round_midnight(self) -> None:
        assert least_active(np.roll(days(3), -3)).mean == 0.0
        assert least_active(np.roll(days(3), -3)).begins in (21, 22, 23)

    @given(unit=st.floats(0.01, 100.0), seed=st.integers(0, 1000))
    def test_no_measure_changes_with_the_unit(self, unit: float, seed: int) -> None:
        hourly = days(4) + np.random.default_rng(seed).random(96)
        for measure in (interdaily_stability, intradaily_variability, relative_amplitude):
            assert measure(unit * hourly) == pytest.approx(measure(hourly))

    def test_what_was_not_recorded_is_left_out(self) -> None:
        hourly = days(6)
        hourly[30:40] = np.nan
        assert interdaily_stability(hourly) == pytest.approx(1.0)
        assert relative_amplitude(hourly) == 1.0

    def test_counts_become_hours(self) -> None:
        ends = np.array([900.0, 1800.0, 2700.0, 3600.0, 4500.0])
        hourly = by_hour(ends, np.full(5, 900.0), np.array([1.0, 2.0, 3.0, 4.0, 5.0]), days=1)
        assert hourly[0] == 10.0
        assert np.isnan(hourly[1:]).all(), "a quarter of an hour is too little"


@dataclass(frozen=True)
class Rhythms:
    """Measures of each adult who wears a watch day and night; medians are compared."""

    movement: np.ndarray
    steps: np.ndarray
    level: np.ndarray


@pytest.fixture(scope="module")
def rhythms() -> Rhythms:
    """Eight days of the adults of 30 households."""
    fleet = Fleet(
        Scenario.model_validate(
            {
                "name": "rhythms",
                "seed": 7,
                "start": "2026-05-04T00:00:00+09:30",
                "duration": f"{DAYS}d",
                "world": {"households": 30, "shops": 1},
                "devices": [{"kind": "wearable", "owners": 1.0}],
            }
        )
    )
    age = {person.id: person.age for hood in fleet.neighbourhoods for person in hood.people()}
    counts: dict[str, list[tuple[float, float, float, float]]] = {}
    for action, truth in fleet.stream():
        if isinstance(action, Publish) and truth is not None and truth.event == "steps":
            told = msgspec.json.decode(action.payload)
            if age[truth.person or ""] >= ADULT:
                row = (truth.observed, told["seconds"], told["count"], told["movement"] * told["seconds"])
                counts.setdefault(truth.person or "", []).append(row)
    movement, steps, level = [], [], []
    for rows in counts.values():
        ends, seconds, count, moved = np.array(rows).T
        hourly = by_hour(ends, seconds, moved / 3600.0, DAYS)
        if np.isnan(hourly).mean() < 0.2:
            movement.append(_measure(hourly))
            steps.append(_measure(by_hour(ends, seconds, count, DAYS)))
            level.append((np.nanmean(hourly), least_active(hourly).mean, most_active(hourly).mean))
    assert len(movement) > 20
    return Rhythms(np.array(movement), np.array(steps), np.array(level))


def _measure(hourly: Hourly) -> tuple[float, ...]:
    return (
        interdaily_stability(hourly),
        intradaily_variability(hourly),
        relative_amplitude(hourly),
        float(least_active(hourly).begins),
        float(most_active(hourly).begins),
    )


class TestWearers:
    """Ranges are those of adults at home.

    Interdaily stability about 0.6 and intradaily variability below 1 are typical of healthy adults (review of
    rest-activity rhythms, International Journal of Bipolar Disorders 8:38, 2020); relative amplitude 0.87 on
    average in the UK Biobank (Lyall 2018, Lancet Psychiatry). Five records of 13 to 22 days that come with
    pyActigraphy 1.2.2, by these same measures: stability 0.22 to 0.59, variability 0.38 to 0.71, relative
    amplitude 0.92 to 0.98, least active hours from 0 or 1, most active ones from 8 or 9.
    """

    def test_days_are_alike_but_not_the_same(self, rhythms: Rhythms) -> None:
        """A record of a week has a tenth more of it than one of two: its average day is fitted to itself."""
        assert 0.4 < np.median(rhythms.movement[:, 0]) < 0.75
        assert np.mean((rhythms.movement[:, 0] > 0.2) & (rhythms.movement[:, 0] < 0.85)) > 0.9

    def test_rest_and_activity_alternate_as_often_as_in_life(self, rhythms: Rhythms) -> None:
        assert 0.5 < np.median(rhythms.movement[:, 1]) < 0.95

    def test_nights_are_still(self, rhythms: Rhythms) -> None:
        assert 0.8 < np.median(rhythms.movement[:, 2]) < 0.95

    def test_the_least_active_hours_are_at_night_and_the_most_active_by_day(self, rhythms: Rhythms) -> None:
        least, most = rhythms.movement[:, 3], rhythms.movement[:, 4]
        assert np.mean((least <= 4) | (least >= 22)) > 0.9
        assert np.mean((most >= 6) & (most <= 13)) > 0.9

    def test_wrists_move_as_much_as_in_the_uk_biobank(self, rhythms: Rhythms) -> None:
        """Doherty 2017: 28 milli-g over all, SD 9 between people."""
        overall, least, most = rhythms.level.T
        assert np.mean(overall) == pytest.approx(28, abs=4)
        assert np.median(least) < 6
        assert 30 < np.median(most) < 55

    def test_steps_have_the_rhythm_too(self, rhythms: Rhythms) -> None:
        """Fewer hours hold most of them, so they are less stable and more broken than movement."""
        assert 0.15 < np.median(rhythms.steps[:, 0]) < np.median(rhythms.movement[:, 0])
        assert np.median(rhythms.movement[:, 1]) < np.median(rhythms.steps[:, 1]) < 1.3
        assert np.median(rhythms.steps[:, 2]) > 0.9
