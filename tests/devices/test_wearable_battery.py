"""The battery of a wearable, and how its wearer charges it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hand_driven import HandDrivenTown, place, spell
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.units import HOUR
from simulator.devices.wearable.battery import CHARGING_TIME, FULL, Battery
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person

LIFE = 18 * HOUR


@pytest.fixture
def person() -> Person:
    return HandDrivenTown().person()


def battery(person: Person, level: float = FULL, *, night: bool = False) -> Battery:
    """Return a battery of somebody who does or does not charge at night."""
    for seed in range(100):
        fresh = Battery(person, LIFE, HandDrivenTown(seed).seeds.draws("traits", "watch"))
        if fresh.charges_at_night is night:
            fresh.level = level
            return fresh
    raise AssertionError("nobody has this habit")


def live(
    battery: Battery, person: Person, activity: Activity, hours: float, *, away: bool = False
) -> list[Stretch]:
    where = place() if away else person.home
    return list(battery.live(spell(activity, 0.0, where), 0.0, hours * HOUR))


def test_it_lasts_18_hours_awake(person: Person) -> None:
    [worn, dead] = live(battery(person), person, Activity.WORK, 24, away=True)
    assert (worn.worn, worn.end) == (True, pytest.approx(LIFE))
    assert (dead.worn, dead.end) == (False, 24 * HOUR)


def test_it_lasts_longer_asleep(person: Person) -> None:
    watch = battery(person)
    [worn] = live(watch, person, Activity.ASLEEP, 8)
    assert worn.worn
    assert watch.level > FULL - 8 / 18 * FULL


def test_a_low_one_is_charged_at_home_until_full_and_worn_again(person: Person) -> None:
    watch = battery(person, level=10.0)
    charging, worn = live(watch, person, Activity.HOME, 4)
    assert not charging.worn
    assert charging.end == pytest.approx(0.9 * CHARGING_TIME)
    assert worn.worn
    assert not watch.charging


def test_it_is_put_on_the_charger_when_it_becomes_low(person: Person) -> None:
    worn, charging, worn_again = live(battery(person), person, Activity.HOME, 18)
    assert [worn.worn, charging.worn, worn_again.worn] == [True, False, True]


def test_it_is_taken_along_half_charged(person: Person) -> None:
    watch = battery(person, level=10.0)
    live(watch, person, Activity.HOME, 0.5)
    assert watch.charging
    [worn] = live(watch, person, Activity.WORK, 1, away=True)
    assert worn.worn
    assert not watch.charging


def test_some_charge_it_at_night_for_as_long_as_they_sleep(person: Person) -> None:
    watch = battery(person, level=60.0, night=True)
    night = live(watch, person, Activity.ASLEEP, 8)
    assert [stretch.worn for stretch in night] == [False]
    assert watch.level == FULL
    [morning] = live(watch, person, Activity.HOME, 1)
    assert morning.worn


def test_nobody_charges_it_away_from_home(person: Person) -> None:
    watch = battery(person, level=1.0, night=True)
    [worn, dead] = live(watch, person, Activity.ASLEEP, 8, away=True)
    assert (worn.worn, dead.worn) == (True, False)
    assert watch.empty


@given(
    level=st.floats(0, FULL),
    night=st.booleans(),
    day=st.lists(st.tuples(st.sampled_from(Activity), st.floats(1e-3, 60 * HOUR), st.booleans()), max_size=8),
)
def test_stretches_fill_the_time_without_a_gap(
    level: float, night: bool, day: list[tuple[Activity, float, bool]]
) -> None:
    person = HandDrivenTown().person()
    watch = battery(person, level, night=night)
    at, stretches = 0.0, []
    for activity, seconds, away in day:
        begun = spell(activity, at, place() if away else person.home)
        stretches += watch.live(begun, at, at + seconds)
        at += seconds
        assert 0 <= watch.level <= FULL
    assert sum(stretch.end - stretch.start for stretch in stretches) == pytest.approx(at)
    assert all(stretch.start < stretch.end for stretch in stretches)
    assert all(sooner.end == later.start for sooner, later in pairwise(stretches))
