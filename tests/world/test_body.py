from __future__ import annotations

from statistics import mean, median, stdev

import pytest

from simulator.core.seeds import Seeds
from simulator.world.body import draw_body
from simulator.world.person import Body, Sex

SEEDS = Seeds(1)


def bodies(age: int, sex: Sex, count: int = 1500) -> list[Body]:
    return [draw_body(age, sex, SEEDS.draws("body", sex, age, i)) for i in range(count)]


def test_resting_pulse_between_adults() -> None:
    """Quer 2020: mean 65.5, SD 7.7, from 40 to 109; watches find 0.8 more than the body's own."""
    pulses = [body.resting_pulse for sex in Sex for body in bodies(40, sex)]
    assert mean(pulses) == pytest.approx(65.5 - 0.8, abs=0.5)
    assert stdev(pulses) == pytest.approx(7.7, abs=0.4)
    assert min(pulses) >= 40
    assert max(pulses) <= 109


def test_pulse_falls_at_night() -> None:
    """Speed 2023: by 4."""
    drops = [body.pulse_night_drop for body in bodies(40, Sex.FEMALE)]
    assert mean(drops) == pytest.approx(4.0, abs=0.2)
    assert min(drops) > 0


@pytest.mark.parametrize(("age", "expected"), [(20, 60), (50, 33), (75, 22)])
def test_variability_falls_with_age(age: int, expected: float) -> None:
    assert median(body.rmssd for body in bodies(age, Sex.MALE)) == pytest.approx(expected, rel=0.07)


def test_the_tall_take_longer_steps() -> None:
    child, woman, man = (
        mean(body.step_length for body in bodies(age, sex, 200))
        for age, sex in ((6, Sex.MALE), (30, Sex.FEMALE), (30, Sex.MALE))
    )
    assert 0.35 < child < woman < man < 0.78


def test_children_have_a_faster_heart() -> None:
    assert mean(body.resting_pulse for body in bodies(4, Sex.MALE, 200)) > 80


def test_who_exercises_has_a_lower_pulse() -> None:
    """By three to six beats a minute (Reimers 2018)."""
    idle, trained = (
        mean(draw_body(40, Sex.MALE, SEEDS.draws("body", i), exercise).resting_pulse for i in range(300))
        for exercise in (0.0, 0.6)
    )
    assert 3.0 < idle - trained < 6.0
