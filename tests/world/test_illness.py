"""Illness: before its bearer knows, in winter, and in a household."""

from __future__ import annotations

from datetime import datetime
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY
from simulator.world.constitution import Constitution
from simulator.world.illness import MONTH, Illness, Infections
from simulator.world.person import Sex

CALENDAR = Calendar(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
FAMILY = (41, 39, 9, 3)

illnesses = st.builds(
    Illness,
    known=st.just(10 * DAY),
    lead=st.floats(1 * DAY, 3 * DAY),
    fever=st.floats(0.1, 2.5),
    recovery=st.floats(DAY, 3 * DAY),
    absent=st.floats(0.0, 5 * DAY),
)


def infections(number: int = 0, ages: tuple[int, ...] = FAMILY, *, south: bool = False) -> Infections:
    return Infections(Seeds(1), CALENDAR, f"n0-h{number}", ages, south)


def known(home: Infections, member: int, days: range) -> set[float]:
    """Return when a member falls ill in some days."""
    first, end = days.start * DAY, days.stop * DAY
    return {
        illness.known
        for at in range(days.start, days.stop + 28, 28)
        for illness in home.of(member, at * DAY)
        if first <= illness.known < end
    }


@given(illness=illnesses)
def test_the_body_changes_one_to_three_days_before_its_bearer_knows(illness: Illness) -> None:
    assert illness.rise(illness.known - 3 * DAY) == 0.0
    assert 0.0 < illness.rise(illness.known - illness.lead / 2) < illness.rise(illness.known)
    assert illness.rise(illness.known) < illness.fever
    assert illness.rise(illness.known + DAY) == pytest.approx(illness.fever)
    assert illness.rise(illness.known + 14 * DAY) < 0.02 * illness.fever + 0.01


def test_people_are_ill_as_often_as_in_tecumseh() -> None:
    """Monto and Sullivan 1993: 1.6 a year past forty, 4.9 below five."""
    homes = [infections(number) for number in range(60)]
    parents, infants = (mean(len(known(h, m, range(364))) for h in homes) for m in (0, 3))
    assert parents == pytest.approx(2.2, abs=0.5), "a little more with children in the house"
    assert infants == pytest.approx(4.6, abs=0.8)


@pytest.mark.parametrize("south", [False, True])
def test_winter_is_the_time_for_it(south: bool) -> None:
    homes = [infections(number, south=south) for number in range(60)]
    january, july = (
        sum(len(known(home, member, days)) for home in homes for member in range(4))
        for days in (range(56), range(168, 224))
    )
    assert (july > 2 * january) if south else (january > 2 * july)


def test_it_goes_round_in_a_household() -> None:
    """Who lives with somebody who has fallen ill soon falls ill more often than at another time."""
    soon, other = [], []
    for number in range(80):
        home = infections(number)
        for first in known(home, 2, range(28, 336)):
            for member in (0, 1, 3):
                times = known(home, member, range(364))
                soon.append(any(first + DAY < at < first + 6 * DAY for at in times))
                other.append(any(first + 61 * DAY < at < first + 66 * DAY for at in times))
    assert mean(soon) > 3 * mean(other)


@given(at=st.lists(st.floats(-100 * DAY, 400 * DAY), min_size=1, max_size=5), member=st.integers(0, 3))
def test_it_does_not_matter_when_one_asks(at: list[float], member: int) -> None:
    asked = infections()
    for moment in at:
        assert asked.of(member, moment) == infections().of(member, moment)


def test_nobody_knows_what_another_household_has() -> None:
    ours, theirs = (known(infections(number), 0, range(364)) for number in (0, 1))
    assert not ours & theirs


@given(at=st.floats(0, 300 * DAY))
def test_who_stays_at_home_has_fallen_ill(at: float) -> None:
    home = infections()
    for number, age in enumerate(FAMILY):
        health = Constitution(Seeds(1), f"n0-h0-p{number}", age, Sex.MALE, home, number)
        if health.stays_home(at):
            assert health.fever(at) > 0.0
            assert any(illness.known <= at for illness in home.of(number, at))


def test_an_illness_at_the_turn_of_a_month_is_seen_from_both_sides() -> None:
    home = infections(ages=tuple([3] * 60))
    turn = next(
        illness
        for member in range(60)
        for illness in home.of(member, 2.5 * MONTH)
        if 3 * MONTH < illness.known < 3 * MONTH + illness.lead / 2
    )
    rises = {
        at: sum(i.rise(at) for m in range(60) for i in home.of(m, at)) for at in (3 * MONTH - 1, 3 * MONTH)
    }
    assert rises[3 * MONTH - 1] == pytest.approx(rises[3 * MONTH], abs=0.01)
    assert turn.rise(3 * MONTH - 1) > 0.0
