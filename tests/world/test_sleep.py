"""Sleep from its two processes, as a person's nature and as a week of nights."""

from __future__ import annotations

from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.seeds import Seeds
from simulator.world.person import Sex
from simulator.world.sleep import Sleep, asleep, awake, draw_sleep

sleeps = st.builds(Sleep, chronotype=st.floats(1, 6), need=st.floats(5, 12))


def chronotypes(age: int, sex: Sex = Sex.FEMALE) -> float:
    seeds = Seeds(1)
    return mean(draw_sleep(age, sex, seeds.draws("sleep", i)).chronotype for i in range(400))


def nights(
    sleep: Sleep, count: int, alarm: float | None = None, kept_up: float = 0.0
) -> list[tuple[float, float]]:
    """Return (onset, waking) of some nights, hours relative to midnight.

    The first one is natural; alarms ring, and evenings are long, from the second one on.
    """
    onset, waking = sleep.onset, sleep.chronotype + sleep.need / 2
    pressure = sleep.pressures[1]
    found = [(onset, waking)]
    for _ in range(count - 1):
        up = waking - 24.0
        onset = sleep.falls_asleep(pressure, up) + kept_up
        pressure = awake(pressure, onset - up)
        waking = sleep.wakes(pressure, onset)
        waking = waking if alarm is None else min(waking, alarm)
        pressure = asleep(pressure, waking - onset)
        found.append((onset, waking))
    return found


@given(sleep=sleeps)
def test_a_life_without_alarms_is_one_night_like_the_other(sleep: Sleep) -> None:
    """The thresholds are those that the chronotype and the need ask for."""
    for onset, waking in nights(sleep, 5):
        assert onset == pytest.approx(sleep.chronotype - sleep.need / 2, abs=0.02)
        assert waking - onset == pytest.approx(sleep.need, abs=0.03)


@given(sleep=sleeps)
def test_pressure_rises_awake_and_falls_asleep(sleep: Sleep) -> None:
    onset, waking = sleep.pressures
    assert 0 < waking < onset < 1
    assert awake(waking, 24 - sleep.need) == pytest.approx(onset)
    assert asleep(onset, sleep.need) == pytest.approx(waking)


@given(sleep=sleeps, cut=st.floats(0.5, 2.5))
def test_an_alarm_sends_people_to_bed_earlier_but_not_early_enough(sleep: Sleep, cut: float) -> None:
    natural = sleep.chronotype + sleep.need / 2
    onset, waking = nights(sleep, 8, alarm=natural - cut)[-1]
    assert waking == pytest.approx(natural - cut)
    assert sleep.onset - cut < onset < sleep.onset
    assert waking - onset < sleep.need


@given(
    # An infant's night of twelve hours, when three are missing, begins in the afternoon and ends by evening.
    sleep=sleeps.filter(lambda sleep: sleep.need < 11.5),
    short=st.floats(1.5, 3.0),
)
def test_a_short_night_is_made_up_for_in_the_next(sleep: Sleep, short: float) -> None:
    (_, _), (_, early) = nights(sleep, 2, alarm=sleep.chronotype + sleep.need / 2 - short)
    pressure = asleep(sleep.pressures[0], early - sleep.onset)
    onset = sleep.falls_asleep(pressure, early - 24.0)
    waking = sleep.wakes(awake(pressure, onset + 24.0 - early), onset)
    assert waking - onset > sleep.need + 0.03
    assert waking - onset < sleep.need + short, "not hour for hour"


@given(sleep=sleeps)
def test_after_a_late_evening_the_morning_cuts_sleep_short(sleep: Sleep) -> None:
    """Åkerstedt and Gillberg 1981: sleep that begins late is short, however tired one is."""
    _, (onset, waking) = nights(sleep, 2, kept_up=4.0)
    assert waking > sleep.chronotype + sleep.need / 2, "one sleeps in"
    assert waking - onset < sleep.need - 0.5


@given(sleep=sleeps)
def test_by_day_sleep_after_a_night_awake_comes_at_once_and_is_short(sleep: Sleep) -> None:
    """As after a night shift."""
    morning = sleep.chronotype + sleep.need / 2 + 2.0
    pressure = awake(sleep.pressures[1], 24.0)
    assert sleep.falls_asleep(pressure, morning) == morning
    assert sleep.wakes(pressure, morning) - morning < sleep.need - 0.5


def test_sleep_gets_later_until_twenty_and_earlier_again() -> None:
    """Roenneberg 2007."""
    growing = [chronotypes(age) for age in (5, 12, 16, 20)]
    ageing = [chronotypes(age) for age in (20, 35, 50, 70)]
    assert growing == sorted(growing)
    assert ageing == sorted(ageing, reverse=True)


def test_men_are_later_than_women_until_fifty() -> None:
    assert chronotypes(30, Sex.MALE) > chronotypes(30, Sex.FEMALE)
    assert chronotypes(60, Sex.MALE) == chronotypes(60, Sex.FEMALE)


@given(age=st.integers(0, 95), sex=st.sampled_from(Sex), entity=st.integers(0, 10_000))
def test_everybody_is_within_what_people_are(age: int, sex: Sex, entity: int) -> None:
    sleep = draw_sleep(age, sex, Seeds(1).draws("sleep", entity))
    assert 1.0 <= sleep.chronotype <= 6.0
    assert 4.0 < sleep.need < 14.0
