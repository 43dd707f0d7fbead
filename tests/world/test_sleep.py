from __future__ import annotations

from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.seeds import Seeds
from simulator.world.person import Sex
from simulator.world.sleep import Sleep, draw_sleep

sleeps = st.builds(Sleep, chronotype=st.floats(2, 6), need=st.floats(5, 12))


def chronotypes(age: int, sex: Sex = Sex.FEMALE) -> float:
    seeds = Seeds(1)
    return mean(draw_sleep(age, sex, seeds.draws("sleep", i)).chronotype for i in range(400))


@given(sleep=sleeps)
def test_without_an_alarm_sleep_lies_about_the_chronotype(sleep: Sleep) -> None:
    assert sleep.onset(None) + sleep.need / 2 == pytest.approx(sleep.chronotype)


@given(sleep=sleeps, alarm=st.floats(3, 14))
def test_an_alarm_sends_people_to_bed_earlier_but_not_early_enough(sleep: Sleep, alarm: float) -> None:
    onset, free = sleep.onset(alarm), sleep.onset(None)
    assert onset <= free
    if alarm < free + sleep.need:
        assert alarm - onset < sleep.need
    else:
        assert onset == free


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
    assert 2.0 <= sleep.chronotype <= 6.0
    assert 4.0 < sleep.need < 14.0
