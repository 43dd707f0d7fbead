"""The slow course of a body: swings of the pulse, the cycle, an irregular pulse."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from statistics import mean, stdev

import pytest

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR
from simulator.world.constitution import LUTEAL_PULSE, PER_DEGREE, Constitution
from simulator.world.cycle import draw_cycle
from simulator.world.fibrillation import MONTH, fibrillates, is_prone
from simulator.world.illness import Infections
from simulator.world.person import Sex

SEEDS = Seeds(1)
CALENDAR = Calendar(datetime.fromisoformat("2026-03-02T00:00:00+10:30"))
YEAR = range(52 * 7)
MEASUREMENT = 1.0
"""SD of a watch's resting pulse of a day that is due to measuring it, beats a minute."""


def health(number: int, age: int = 40, sex: Sex = Sex.MALE) -> Constitution:
    home = f"n0-h{number}"
    infections = Infections(SEEDS, CALENDAR, home, [age], south=True)
    return Constitution(SEEDS, f"{home}-p0", age, sex, infections, 0)


@pytest.fixture(scope="module")
def years() -> list[list[float]]:
    """A year of daily resting pulses, above their usual, of adults."""
    noise = SEEDS.draws("measurement", "all")
    adults = [health(number, 20 + number % 60, list(Sex)[number % 2]) for number in range(240)]
    return [
        [adult.pulse(d * DAY + DAY / 2) + noise.normal(0.0, MEASUREMENT) for d in YEAR] for adult in adults
    ]


def test_a_fifth_of_people_have_a_week_of_a_swing_of_ten_beats_in_a_year(years: list[list[float]]) -> None:
    """Quer 2020, over records of a year on average."""
    swings = [any(max(year[d : d + 7]) - min(year[d : d + 7]) >= 10 for d in YEAR[:-6]) for year in years]
    assert mean(swings) == pytest.approx(0.20, abs=0.07)


def test_most_weeks_are_steady(years: list[list[float]]) -> None:
    ranges = [max(year[d : d + 7]) - min(year[d : d + 7]) for year in years for d in YEAR[::7]]
    assert mean(ranges) < 5
    assert mean(map(stdev, years)) == pytest.approx(1.8, abs=0.4)


def test_the_pulse_rises_with_a_fever() -> None:
    """Karjalainen and Viitasalo 1986: 8.5 beats a minute for each degree."""
    patient = next(h for h in map(health, range(60)) if max(h.fever(d * DAY) for d in YEAR) > 1.0)
    height = max(YEAR, key=lambda day: patient.fever(day * DAY)) * DAY
    assert patient.pulse(height) - patient.pulse(height - 6 * DAY) == pytest.approx(
        PER_DEGREE * (patient.fever(height) - patient.fever(height - 6 * DAY)), abs=5
    )
    assert patient.skin(height) > 1.0


def test_the_cycle_lifts_the_pulse_for_two_weeks_in_four() -> None:
    """Bull 2019; Alzueta 2022."""
    drawn = [draw_cycle(30, Sex.FEMALE, SEEDS.draws("cycle", i)) for i in range(200)]
    cycles = [cycle for cycle in drawn if cycle]
    assert len(cycles) / len(drawn) == pytest.approx(0.65, abs=0.1)
    assert mean(cycle.length for cycle in cycles) == pytest.approx(29.3, abs=0.7)
    lifted = mean(cycle.luteal(hour * HOUR) for cycle in cycles for hour in range(0, 24 * 60, 7))
    assert lifted == pytest.approx(0.36, abs=0.03)
    assert LUTEAL_PULSE * max(cycles[0].luteal(h * HOUR) for h in range(24 * 40)) == LUTEAL_PULSE


@pytest.mark.parametrize(("age", "sex"), [(9, Sex.FEMALE), (60, Sex.FEMALE), (30, Sex.MALE)])
def test_not_everybody_has_one(age: int, sex: Sex) -> None:
    assert all(draw_cycle(age, sex, SEEDS.draws("cycle", i)) is None for i in range(50))


@pytest.mark.parametrize(("age", "share"), [(18, 0.0), (30, 0.0016), (50, 0.0043), (70, 0.031)])
def test_an_irregular_pulse_comes_with_age(age: int, share: float) -> None:
    """Perez 2019."""
    prone = mean(is_prone(age, SEEDS.draws("prone", age, i)) for i in range(6000))
    assert prone == pytest.approx(share, abs=0.002 if age < 65 else 0.007)


def test_episodes_come_now_and_then_and_last_hours() -> None:
    hours = [fibrillates(SEEDS, "n0-h0-p0", hour * HOUR) for hour in range(int(6 * MONTH / HOUR))]
    begun = sum(later and not sooner for sooner, later in pairwise(hours))
    assert 6 <= begun <= 36
    assert 2 < sum(hours) / begun < 24


def test_asking_changes_nothing() -> None:
    once = health(3).pulse(40 * DAY)
    asked = health(3)
    for day in (300, 2, 41):
        asked.pulse(day * DAY)
    assert asked.pulse(40 * DAY) == once
