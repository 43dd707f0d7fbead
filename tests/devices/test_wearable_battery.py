"""The battery of a wearable, and how its wearer charges it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hand_driven import HandDrivenTown, place, spell
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.units import DAY, HOUR, MINUTE
from simulator.devices.wearable.battery import CHARGING_TIME, FULL, MORNING, Battery, Charging
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person

LIFE = 18 * HOUR


@pytest.fixture
def person() -> Person:
    return HandDrivenTown().person()


def battery(person: Person, level: float = FULL, habit: Charging = Charging.WHEN_LOW) -> Battery:
    """Return a battery of somebody with a habit of charging."""
    for seed in range(100):
        fresh = Battery(person, LIFE, HandDrivenTown(seed).seeds.draws("traits", "watch"))
        if fresh.habit is habit:
            fresh.level = level
            return fresh
    raise AssertionError("nobody has this habit")


def live(
    battery: Battery,
    person: Person,
    activity: Activity,
    hours: float,
    *,
    away: bool = False,
    start: float = 0.0,
) -> list[Stretch]:
    where = place() if away else person.home
    return list(battery.live(spell(activity, start, where), start, start + hours * HOUR))


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
    charging, forgotten, worn = live(watch, person, Activity.HOME, 5)
    assert not charging.worn
    assert charging.end == pytest.approx(0.9 * CHARGING_TIME)
    assert not forgotten.worn, "full, and not noticed yet"
    assert worn.worn
    assert not watch.charging


def test_it_is_put_on_the_charger_when_it_becomes_low(person: Person) -> None:
    stretches = live(battery(person), person, Activity.HOME, 18)
    assert [stretch.worn for stretch in stretches] == [True, False, False, True]


def test_it_is_taken_along_half_charged(person: Person) -> None:
    watch = battery(person, level=10.0)
    live(watch, person, Activity.HOME, 0.5)
    assert watch.charging
    [worn] = live(watch, person, Activity.WORK, 1, away=True)
    assert worn.worn
    assert not watch.charging


def test_some_charge_it_at_night_for_as_long_as_they_sleep(person: Person) -> None:
    watch = battery(person, 60.0, Charging.AT_NIGHT)
    night = live(watch, person, Activity.ASLEEP, 8)
    assert [stretch.worn for stretch in night] == [False]
    assert watch.level == FULL
    *_, morning = live(watch, person, Activity.HOME, 1, start=8 * HOUR)
    assert morning.worn


def test_some_charge_it_while_they_get_ready(person: Person) -> None:
    watch = battery(person, 20.0, Charging.IN_THE_MORNING)
    live(watch, person, Activity.ASLEEP, 7)
    charging, worn = live(watch, person, Activity.HOME, 1.5, start=7 * HOUR)
    assert not charging.worn
    assert MORNING[0] <= charging.end - charging.start <= MORNING[1]
    assert worn.worn


def test_some_charge_it_at_their_desk(person: Person) -> None:
    watch = battery(person, 60.0, Charging.AT_THE_DESK)
    charging, forgotten, worn = live(watch, person, Activity.WORK, 4, away=True)
    assert [charging.worn, forgotten.worn, worn.worn] == [False, False, True]
    assert charging.end == pytest.approx(0.4 * CHARGING_TIME)


def test_most_take_it_off_to_wash_in_the_morning(person: Person) -> None:
    off = 0
    for seed in range(60):
        watch = Battery(person, LIFE, HandDrivenTown(seed).seeds.draws("traits", "watch"))
        watch.level = FULL
        live(watch, person, Activity.ASLEEP, 7)
        wash, *_ = live(watch, person, Activity.HOME, 1, start=7 * HOUR)
        off += not wash.worn and not watch.charging and wash.end - wash.start < 15 * MINUTE
    assert 0.3 < off / 60 < 0.7


def test_a_band_is_charged_when_it_is_low(person: Person) -> None:
    draws = [HandDrivenTown(seed).seeds.draws("traits", "band") for seed in range(30)]
    assert {Battery(person, 6 * DAY, own).habit for own in draws} == {Charging.WHEN_LOW}


def test_nobody_charges_it_away_from_home(person: Person) -> None:
    watch = battery(person, 1.0, Charging.AT_NIGHT)
    [worn, dead] = live(watch, person, Activity.ASLEEP, 8, away=True)
    assert (worn.worn, dead.worn) == (True, False)
    assert watch.empty


@given(
    level=st.floats(0, FULL),
    habit=st.sampled_from(Charging),
    day=st.lists(st.tuples(st.sampled_from(Activity), st.floats(1e-3, 60 * HOUR), st.booleans()), max_size=8),
)
def test_stretches_fill_the_time_without_a_gap(
    level: float, habit: Charging, day: list[tuple[Activity, float, bool]]
) -> None:
    person = HandDrivenTown().person()
    watch = battery(person, level, habit)
    at, stretches = 0.0, []
    for activity, seconds, away in day:
        begun = spell(activity, at, place() if away else person.home)
        stretches += watch.live(begun, at, at + seconds)
        at += seconds
        assert 0 <= watch.level <= FULL
    assert sum(stretch.end - stretch.start for stretch in stretches) == pytest.approx(at)
    assert all(stretch.start < stretch.end for stretch in stretches)
    assert all(sooner.end == later.start for sooner, later in pairwise(stretches))
