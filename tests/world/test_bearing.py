"""How bearings wear, how long they last, and what their vibration tells."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.seeds import Seeds
from simulator.core.units import DAY, MINUTE
from simulator.world.bearing import Bearing, Defect, energy
from simulator.world.motor import CHECKOUT, COMPRESSOR, TEST_RIG
from simulator.world.vibration import listen

RIG_TURNS = TEST_RIG.rpm / MINUTE


def bearing(seed: int, load: float = 1.0, turns: float = RIG_TURNS) -> Bearing:
    return Bearing(turns, load, Seeds(seed).draws("motor"))


@pytest.fixture(scope="module")
def population() -> list[Bearing]:
    """Four hundred bearings on the test rig."""
    return [bearing(seed) for seed in range(400)]


def test_defects_strike_at_the_frequencies_of_the_ims_rig() -> None:
    """Rexnord ZA-2115 at 2,000 rpm: 236, 297 and 140 Hz (Qiu et al., J. Sound & Vibration 289, 2006)."""
    found = TEST_RIG.geometry.frequencies(TEST_RIG.rpm)
    assert found[Defect.OUTER_RACE] == pytest.approx(236.4, abs=0.1)
    assert found[Defect.INNER_RACE] == pytest.approx(296.9, abs=0.1)
    assert found[Defect.ROLLING_ELEMENT] == pytest.approx(139.9, abs=0.1)


def test_a_bearing_of_the_rig_lasts_about_a_week(population: list[Bearing]) -> None:
    """The second IMS run: 7 days at 2,000 rpm."""
    days = np.array([one.life for one in population]) / DAY
    assert days.mean() == pytest.approx(7.0, abs=1.0)
    assert 1.5 < days.std() < 3.0


def test_life_falls_with_speed_and_with_load_as_iso_281_says() -> None:
    assert bearing(1).life / bearing(1, turns=2 * RIG_TURNS).life == pytest.approx(2.0)
    assert bearing(1, load=0.5).life / bearing(1).life == pytest.approx(2.0 ** (10 / 3))
    for model, duty in ((COMPRESSOR, 0.43), (CHECKOUT, 0.475 * 14 / 24)):
        lives = [bearing(seed, model.load, model.rpm / MINUTE * duty).life for seed in range(200)]
        assert 5 < np.mean(lives) / DAY / 365 < 12


@given(seed=st.integers(0, 2**32), ages=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=20))
def test_wear_and_growth_only_rise_from_new_to_failure(seed: int, ages: list[float]) -> None:
    one = bearing(seed)
    wears = [one.wear(age * one.life) for age in sorted(ages)]
    assert wears == sorted(wears)
    assert one.wear(0.0) == 0.0
    assert one.growth(0.0) == 0.0
    assert one.wear(one.life) == pytest.approx(1.0)
    assert one.growth(0.9999 * one.life) < 1.0


def test_kurtosis_and_crest_rise_first_and_fall_back_while_the_level_rises_on() -> None:
    """Dyer & Stewart 1978."""
    heard = [listen(0.9, step / 20, Defect.INNER_RACE) for step in range(21)]
    levels = [one.rms for one in heard]
    kurtosis = [one.kurtosis for one in heard]
    crest = [one.crest for one in heard]
    assert levels == sorted(levels)
    assert levels[-1] == pytest.approx(9.0, rel=0.02)
    assert kurtosis[0] == pytest.approx(3.0)
    assert kurtosis[-1] == pytest.approx(3.0, abs=0.1)
    assert max(kurtosis) > 6.0
    assert max(crest) > 1.4 * crest[0]
    assert kurtosis.index(max(kurtosis)) < 17
    assert next(k for k, value in enumerate(kurtosis) if value > 4.0) < next(
        k for k, value in enumerate(levels) if value > 1.5 * levels[0]
    )


@pytest.mark.parametrize("defect", list(Defect))
def test_the_band_of_the_defect_stands_out(defect: Defect) -> None:
    bands = listen(0.9, 0.6, defect).bands
    assert max(bands, key=lambda part: bands[part]) is defect
    assert bands[defect] > 3 * sorted(bands.values())[-2]
    assert energy(0.0) == 0.0


def test_vibration_predicts_failure_better_than_age_does(population: list[Bearing]) -> None:
    """Of bearings looked at on some day of their life, by a model that is learned from others."""
    looks = [
        look(one, share * one.life, number)
        for number, one in enumerate(population)
        for share in Seeds(7).draws("inspection", number).generator().random(3).tolist()
    ]
    learn, check = looks[::2], looks[1::2]
    by_age = error(learn, check, lambda one: [one.age])
    by_vibration = error(learn, check, lambda one: [math.log(one.rms), math.log(one.kurtosis)])
    by_trend = error(learn, check, lambda one: [math.log(one.rms), math.log(one.kurtosis), one.trend])
    assert by_vibration < 0.9 * by_age
    assert by_trend < 0.9 * by_age
    # Once a spall is heard, age says next to nothing any more.
    learn, check = ([one for one in half if one.rms > 1.3 * 0.9] for half in (learn, check))
    by_age = error(learn, check, lambda one: [one.age])
    by_trend = error(learn, check, lambda one: [math.log(one.rms), math.log(one.kurtosis), one.trend])
    assert by_trend < 0.6 * by_age


class Look:
    """What an inspection sees of a bearing, and how long that has left in truth (days)."""

    def __init__(self, age: float, levels: list[float], kurtosis: float, left: float) -> None:
        self.age = age
        self.rms = levels[-1]
        self.trend = math.log(levels[-1] / levels[0])
        self.kurtosis = kurtosis
        self.left = left


def look(one: Bearing, age: float, number: int) -> Look:
    """Return what is measured at an age, with a sensor's noise, and half a day before."""
    noise = Seeds(8).draws("noise", number)
    heard = [listen(0.9, one.growth(at), one.defect) for at in (age - DAY / 2, age)]
    levels = [each.rms * (1.0 + noise.normal(0.0, 0.04)) for each in heard]
    kurtosis = heard[-1].kurtosis * (1.0 + noise.normal(0.0, 0.04))
    return Look(age / DAY, levels, kurtosis, (one.life - age) / DAY)


def error(learn: list[Look], check: list[Look], features: Callable[[Look], list[float]]) -> float:
    """Return the mean absolute error in days of a quadratic regression of the remaining life."""

    def matrix(looks: list[Look]) -> npt.NDArray[np.float64]:
        x = np.array([features(one) for one in looks])
        return np.column_stack([np.ones(len(x)), x, x**2])

    fit, *_ = np.linalg.lstsq(matrix(learn), np.array([one.left for one in learn]), rcond=None)
    return float(np.mean(np.abs(matrix(check) @ fit - [one.left for one in check])))
