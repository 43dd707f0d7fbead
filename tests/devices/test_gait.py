"""How much people move: by age, by work, and each in their own way."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean, stdev

import numpy as np
import pytest
from hand_driven import HandDrivenTown, place

from simulator.core.units import DAY, HOUR, MINUTE
from simulator.devices.wearable.gait import BUCKET, FASTEST, Gait
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Spell


def steps(activity: Activity, hours: float, age: int = 40, seed: int = 1) -> list[float]:
    """Return the steps of each quarter of an hour of somebody who does one thing all the time."""
    town = HandDrivenTown(seed)
    person = town.person(age)
    gait = Gait(person, town.calendar, town.seeds.draws("traits"), town.seeds.draws("samples"))
    spell = Spell(activity, 0.0, person.home if activity is Activity.HOME else place())
    pieces = gait.pieces(Stretch(0.0, hours * HOUR, spell, True))
    assert all(sooner.end == later.start for sooner, later in pairwise(pieces))
    return [piece.cadence * BUCKET / MINUTE for piece in pieces]


def of_people(activity: Activity, age: int, count: int = 150) -> list[float]:
    return [mean(steps(activity, 100.0, age, seed)) for seed in range(count)]


def test_a_quarter_of_an_hour_at_home_is_mostly_still_and_seldom_busy() -> None:
    counts = steps(Activity.HOME, 20 * DAY / HOUR)
    assert np.median(counts) < 0.75 * mean(counts)
    assert max(counts) > 4 * mean(counts)
    assert max(counts) <= FASTEST * BUCKET / MINUTE


def test_children_move_more_than_adults_and_the_old_less() -> None:
    """Tudor-Locke 2011."""
    child, adult, old = (mean(of_people(Activity.HOME, age)) for age in (8, 40, 85))
    assert child / adult == pytest.approx(1.35, abs=0.15)
    assert old / adult == pytest.approx(0.52, abs=0.1)


def test_people_differ_for_good_and_more_so_at_work() -> None:
    """A week's steps tell people apart; desks and wards do so even more than homes."""
    at_home, at_work = (of_people(activity, 40) for activity in (Activity.HOME, Activity.WORK))
    spread = [float(stdev(np.log(means))) for means in (at_home, at_work)]
    assert spread[0] == pytest.approx(0.32, abs=0.08)
    assert spread[1] == pytest.approx(0.6, abs=0.12)


def test_nobody_steps_asleep() -> None:
    assert set(steps(Activity.ASLEEP, 10.0)) == {0.0}
