"""The arithmetic of the measures of wearables, on hand-made wearers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hand_made import HandMadeTown, HandMadeWearers, person, pulse, spell, steps, truth

from simulator.calibration import pulse as pulses
from simulator.calibration import wearable
from simulator.calibration.estimate import UnmeasurableError
from simulator.calibration.wearers import Night, Wrist
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world import Activity, Sex

QUARTER = 15 * MINUTE


def sleep(wrist: Wrist, onset: float, *stages: tuple[str, float], wakes: bool = True) -> None:
    """Let a wearable see stages of sleep, each with its hours, and the waking up at the end."""
    at = onset
    for stage, hours in stages:
        wrist.stages.append((at, stage))
        at += hours * HOUR
    if wakes:
        wrist.stages.append((at, "awake"))


class TestNights:
    def test_a_short_time_awake_is_part_of_the_night_and_no_sleep(self) -> None:
        wrist = Wrist(person())
        sleep(wrist, 23 * HOUR, ("light", 2.0), ("awake", 0.5), ("rem", 3.0))
        assert list(wrist.nights()) == [Night(23 * HOUR, 28.5 * HOUR, 5 * HOUR)]

    def test_the_longest_sleep_of_a_day_is_the_night(self) -> None:
        wrist = Wrist(person())
        sleep(wrist, 14 * HOUR, ("light", 1.0))
        sleep(wrist, 23 * HOUR, ("light", 3.0), ("deep", 3.0))
        assert [night.onset for night in wrist.nights()] == [23 * HOUR]

    def test_a_night_that_was_lost_from_sight_does_not_count(self) -> None:
        wrist = Wrist(person())
        sleep(wrist, 23 * HOUR, ("light", 2.0), wakes=False)
        sleep(wrist, DAY + 23 * HOUR, ("light", 3.5), ("rem", 3.0))
        assert [night.onset for night in wrist.nights()] == [DAY + 23 * HOUR]

    def test_no_sleep_no_night(self) -> None:
        assert list(Wrist(person()).nights()) == []


class TestSleep:
    @pytest.fixture
    def sleepers(self) -> HandMadeWearers:
        """Women sleep 7 h from 23:30, men 6 h from 00:30; every other night each sleeps an hour more."""
        wearers = HandMadeWearers()
        for number in range(8):
            woman = number % 2 == 0
            wrist = wearers.wear(person(number, sex=Sex.FEMALE if woman else Sex.MALE))
            for night in range(6):
                onset = night * DAY + (23.5 if woman else 24.5) * HOUR
                deep = (2.0 if woman else 1.0) + night % 2
                sleep(wrist, onset, ("light", 3.0), ("deep", deep), ("rem", 2.0))
        return wearers

    def test_duration_is_a_mean_of_people(self, sleepers: HandMadeWearers) -> None:
        (found,) = wearable.sleep_duration(sleepers)
        assert found.value == pytest.approx(7.0)

    def test_onset_about_midnight(self, sleepers: HandMadeWearers) -> None:
        (found,) = wearable.sleep_onset(sleepers)
        assert found.value == pytest.approx(24.0)

    def test_spread_from_night_to_night(self, sleepers: HandMadeWearers) -> None:
        (found,) = wearable.sleep_night_sd(sleepers)
        assert found.value == pytest.approx(np.std([0, 1] * 3, ddof=1))

    def test_children_do_not_count(self, sleepers: HandMadeWearers) -> None:
        child = sleepers.wear(person(9, age=9))
        sleep(child, 20 * HOUR, ("light", 3.0), ("deep", 3.5), ("rem", 3.5))
        (found,) = wearable.sleep_duration(sleepers)
        assert found.value == pytest.approx(7.0)

    def test_the_skin_warms_from_falling_asleep_on(self) -> None:
        wearers = HandMadeWearers()
        for number in range(2):
            wrist = wearers.wear(person(number))
            sleep(wrist, 23 * HOUR, ("light", 3.0), ("rem", 3.0))
            for hours, celsius in (
                (-2.0, 30.0),
                (0.0, 33.0),
                (0.5, 33.5),
                (2.0, 34.2),
                (2.5, 34.4),
                (5.0, 39.0),
            ):
                wrist.skin.add(truth("skin_temperature", (23 + hours) * HOUR), celsius)
        (found,) = wearable.skin_temp_rise(wearers)
        assert found.value == pytest.approx(1.3)

    def test_women_minus_men_in_minutes(self) -> None:
        town = HandMadeTown(days=2)
        for number in range(6):
            sex, hours = (Sex.FEMALE, 8.0) if number % 2 else (Sex.MALE, 7.5)
            nights = [(day * DAY + at * HOUR, doing) for day in range(2)
                      for at, doing in ((1.0, Activity.ASLEEP), (1.0 + hours, Activity.HOME))]  # fmt: skip
            town.write(person(number, sex=sex), (0.0, Activity.HOME), *nights)
        (found,) = wearable.sleep_sex_gap(town)  # type: ignore[arg-type]
        assert found.value == pytest.approx(30.0)


class TestPulse:
    def test_at_rest_means_hardly_a_step_now_and_before(self) -> None:
        wrist = Wrist(person())
        for number, count in enumerate((10, 900, 10, 10), 1):
            steps(wrist, number * QUARTER, count)
        at = np.array([0.5, 1.5, 2.5, 3.5, 3.6]) * QUARTER
        activity = np.array([1, 1, 1, 1, 0], np.int8)
        # The first has nothing before it, the second walks, the third has just walked, the last sleeps.
        assert wrist.resting(at, activity).tolist() == [False, False, False, True, False]

    def test_day_minus_night(self) -> None:
        wearers = HandMadeWearers()
        for number in range(2):
            wrist = wearers.wear(person(number))
            for quarter in range(96):
                steps(wrist, (quarter + 1) * QUARTER, 0)
                at, night = quarter * QUARTER + 60.0, quarter < 28
                pulse(wrist, at, 60.0 if night else 65.0, Activity.ASLEEP if night else Activity.HOME)
        (found,) = pulses.rhr_day_night_gap(wearers)
        assert found.value == pytest.approx(5.0)

    def test_the_lowest_hour_is_told_by_its_middle(self) -> None:
        wearers = HandMadeWearers()
        for number in range(2):
            wrist = wearers.wear(person(number))
            for hour in range(24):
                pulse(wrist, (hour + 0.3) * HOUR, 50.0 if hour == 4 else 60.0 + number)
        (found,) = pulses.hr_nadir_hour(wearers)
        assert (found.value, found.low, found.high) == (4.5, 4.5, 4.5)

    def test_an_exponential_settles_after_three_time_constants(self) -> None:
        wearers = HandMadeWearers()
        for number in range(3):
            spells = [spell(0.0, Activity.EXERCISE), spell(HOUR, Activity.HOME)]
            wrist = wearers.wear(person(number), spells)
            for since in range(10 + number, 1200, 30):
                pulse(wrist, HOUR + since, 60.0 + 60.0 * math.exp(-since / 80.0))
        (found,) = pulses.hr_recovery(wearers)
        assert found.value == pytest.approx(4.0, abs=0.15)

    def test_the_slope_of_pulse_on_cadence_takes_the_quarter_before_along(self) -> None:
        generator = np.random.default_rng(6)
        wearers = HandMadeWearers()
        for number in range(3):
            wrist, before = wearers.wear(person(number)), 0
            for quarter in range(400):
                count = int(generator.integers(0, 1200))
                steps(wrist, (quarter + 1) * QUARTER, count)
                for at in range(5):
                    cadence = (0.9 * count + 0.1 * before) / 15.0
                    bpm = 60.0 + 5.0 * number + 0.4 * cadence + generator.normal()
                    pulse(wrist, quarter * QUARTER + 180.0 * at + 1.0, bpm)
                before = count
        (found,) = pulses.hr_per_cadence(wearers)
        assert found.value == pytest.approx(0.4, abs=0.02)

    def test_resting_pulse_is_what_watches_report_of_whole_weeks(self) -> None:
        wearers = HandMadeWearers()
        for number, bpm in enumerate((60.0, 70.0)):
            wrist = wearers.wear(person(number))
            for day in range(7):
                wrist.rest.add(truth("resting_heart_rate", day * DAY), bpm)
        wearers.wear(person(2)).rest.add(truth("resting_heart_rate", 0.0), 200.0)
        assert pulses.rhr_mean(wearers)[0].value == pytest.approx(65.0)
        assert pulses.rhr_sd(wearers)[0].value == pytest.approx(math.sqrt(50.0))

    def test_variability_falls_by_age_and_is_higher_asleep(self) -> None:
        wearers = HandMadeWearers()
        for number in range(6):
            wrist = wearers.wear(person(number, age=20 + 10 * number))
            for count in range(60):
                asleep = count % 2 == 0
                usual = 60.0 * math.exp(-0.2 * number) * (1.2 if asleep else 1.0)
                doing = Activity.ASLEEP if asleep else Activity.HOME
                wrist.variability.add(truth("heart_rate_variability", count * HOUR, doing), usual)
        slope, night = pulses.rmssd_by_age(wearers)
        assert slope.value == pytest.approx(-0.2)
        assert night.value == pytest.approx(20.0)


class TestSteps:
    @pytest.fixture
    def walkers(self) -> HandMadeWearers:
        wearers = HandMadeWearers(days=3)
        for number in range(5):
            wrist = wearers.wear(person(number))
            wrist.worn += [(0.0, True), (2 * DAY + 5 * HOUR, False)]
            for day, count in enumerate((1000 * (number + 1), 1000 * (number + 1), 1)):
                steps(wrist, (day + 1) * DAY, count)
        return wearers

    def test_days_that_it_is_hardly_worn_do_not_count(self, walkers: HandMadeWearers) -> None:
        (median,) = wearable.steps_median(walkers)
        assert median.value == 3000.0
        lower, upper = wearable.steps_iqr(walkers)
        assert (lower.value, upper.value) == (2000.0, 4000.0)

    def test_hours_of_wear_by_day(self) -> None:
        wrist = Wrist(person())
        wrist.worn += [(6 * HOUR, True), (20 * HOUR, False), (22 * HOUR, True), (DAY + 2 * HOUR, False)]
        assert wrist.worn_hours(2).tolist() == [16.0, 2.0]


class TestDevice:
    def test_time_between_readings_at_rest_and_in_exercise(self) -> None:
        wearers = HandMadeWearers()
        wrist = wearers.wear(person())
        for at in range(0, 3600, 300):
            pulse(wrist, float(at), 60.0)
        for at in range(3600, 4200, 5):
            pulse(wrist, float(at), 120.0, Activity.EXERCISE)
        pulse(wrist, 4 * HOUR, 60.0)
        rest, exercise = wearable.hr_sampling_watch(wearers)
        assert (rest.value, exercise.value) == (300.0, 5.0)

    def test_syncs_at_home(self) -> None:
        wearers = HandMadeWearers()
        who = person()
        wrist = wearers.wear(who, [spell(0.0, Activity.HOME), spell(2 * HOUR, Activity.WORK)])
        for minutes in (0, 20, 40, 60, 80, 100, 130, 300):
            wrist.battery.append((minutes * MINUTE, 80.0, False))
        (found,) = wearable.sync_burst(wearers)
        assert found.value == 20.0

    def test_the_oldest_reading_after_more_than_a_week(self) -> None:
        wearers = HandMadeWearers()
        wrist = wearers.wear(person())
        wrist.oldest += [(0.0, 0.0), (6 * DAY, 0.0), (15 * DAY, 8 * DAY)]
        (found,) = wearable.unsynced_store(wearers)
        assert found.value == pytest.approx(7.0)

    def test_battery_life_awake_and_over_all(self) -> None:
        watches, bands = HandMadeWearers(), HandMadeWearers()
        night = [spell(0.0, Activity.HOME), spell(9 * HOUR, Activity.ASLEEP)]
        for number in range(2):
            for wearers, awake, asleep in ((watches, 5.0, 2.0), (bands, 1.0, 0.5)):
                wrist = wearers.wear(person(number), night)
                level = 100.0
                for hour in range(17):
                    wrist.battery.append((hour * HOUR, level, False))
                    level -= awake if hour < 9 else asleep
        watch, band = wearable.battery(watches, bands)  # type: ignore[arg-type]
        assert watch.value == pytest.approx(20.0)
        assert band.value == pytest.approx(16 / (9 * 0.01 + 7 * 0.005) / 24)


class TestAYear:
    def test_a_swing_is_within_one_week(self) -> None:
        class Wave:
            def __init__(self, height: float) -> None:
                self.height = height

            def pulse(self, at: float) -> float:
                return self.height if 70 * DAY <= at < 73 * DAY else 0.0

        wearers = HandMadeWearers()
        wrist = wearers.wear(person())
        for day in range(1, 15):
            wrist.rest.add(truth("resting_heart_rate", day * DAY), 60.0)
        people = [person(number) for number in range(10)]
        for number, each in enumerate(people):
            each.health = Wave(12.0 if number < 3 else 9.0)  # type: ignore[assignment]

        class Crowd:
            def people(self, _least_age: int) -> list[Any]:
                return people

        (found,) = pulses.rhr_weekly_swing(wearers, Crowd())  # type: ignore[arg-type]
        assert found.value == pytest.approx(30.0)

    def test_without_a_reported_day_there_is_nothing_to_say(self) -> None:
        wearers = HandMadeWearers()
        wearers.wear(person())
        with pytest.raises(UnmeasurableError, match="resting pulse"):
            pulses.rhr_weekly_swing(wearers, object())  # type: ignore[arg-type]
