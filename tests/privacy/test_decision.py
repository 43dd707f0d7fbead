"""What people decide about their data, and how often."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.purposes import Purpose
from simulator.core.records import ConsentCause, RequestKind
from simulator.core.seeds import Seeds
from simulator.core.units import DAY
from simulator.privacy.decision import Change, Decision, decide
from simulator.world.consent import WORRIED, draw_consent
from simulator.world.person import Activity, Body, Occupation, Person, Sex, Spell
from simulator.world.place import Place, PlaceKind

HOME = Place("n0-h0-home", PlaceKind.HOME, -31.0, 137.0)
ONCE_A_DAY = dict.fromkeys(Change, 1.0)


def somebody(number: int, age: int = 40) -> Person:
    draws = Seeds(4).draws("person", number)
    worried = draws.chance(WORRIED)
    return Person(
        id=f"n0-h{number}-p0",
        household=f"n0-h{number}",
        age=age,
        sex=Sex.FEMALE,
        occupation=Occupation.WORKER,
        chronotype=4.0,
        body=Body(65.0, 5.0, 40.0, 0.72),
        home=HOME,
        workplace=None,
        spell=Spell(Activity.HOME, 0.0, HOME),
        consent=draw_consent(draws, worried),
        worried=worried,
    )


def decisions(
    person: Person, rates: dict[Change, float], days: float = 30.0, decider: Person | None = None
) -> list[Decision]:
    draws = Seeds(9).draws("decisions", person.id)
    return list(decide(person, decider or person, rates, days * DAY, draws))


@given(number=st.integers(0, 10**6), rates=st.fixed_dictionaries({one: st.floats(0, 3) for one in Change}))
def test_a_course_is_a_chain_of_real_changes_in_order_of_time(
    number: int, rates: dict[Change, float]
) -> None:
    person = somebody(number)
    before = person.consent
    course = decisions(person, rates, days=10)
    for earlier, later in pairwise(course):
        assert earlier.at < later.at
        assert earlier.request is not RequestKind.ERASURE, "who has asked for erasure decides nothing more"
    for decision in course:
        assert 0 < decision.at < 10 * DAY
        assert decision.person == person.id
        after = decision.purposes
        assert (decision.cause is None) is (after == before)
        match decision.cause:
            case ConsentCause.GIVEN:
                assert after > before
            case ConsentCause.WITHDRAWN:
                assert not after
            case ConsentCause.PARTIAL:
                assert set() < after < before
                assert (Purpose.SERVICE in after) is (Purpose.SERVICE in before)
            case None:
                assert decision.request is not None
        if decision.request is RequestKind.ERASURE:
            assert not after
        before = after
    assert person.consent == somebody(number).consent, "to foresee changes nobody's mind"


@pytest.mark.parametrize("change", [Change.PARTIAL, Change.ACCESS, Change.ERASE])
def test_each_change_comes_as_often_as_the_scenario_says(change: Change) -> None:
    rate, people = 0.1, 3000
    asked = [
        decisions(somebody(n), dict.fromkeys(Change, 0.0) | {change: rate}, days=1) for n in range(people)
    ]
    happened = sum(map(len, asked)) / people
    if change is Change.PARTIAL:  # of those who have a part to give up
        happened /= mean(bool(somebody(n).consent - {Purpose.SERVICE}) for n in range(people)) * 1.02
    assert happened == pytest.approx(rate, rel=0.2)


def test_nobody_changes_their_mind_at_rate_zero() -> None:
    assert not any(decisions(somebody(n), dict.fromkeys(Change, 0.0)) for n in range(50))


def test_the_worried_withdraw_more_and_give_less() -> None:
    counts: Counter[tuple[bool, bool]] = Counter()
    people: Counter[bool] = Counter()
    for number in range(2000):
        person = somebody(number)
        people[person.worried] += 1
        for decision in decisions(person, {Change.ACCESS: 0.3, Change.GIVE: 0.3}, days=3):
            counts[person.worried, decision.request is None] += 1
    withdrawn, given = ([counts[w, more] / people[w] for w in (True, False)] for more in (False, True))
    assert withdrawn[0] > 2 * withdrawn[1]
    assert given[0] < 0.7 * given[1]


def test_what_a_child_agrees_to_changes_by_a_parent() -> None:
    causes = {
        decision.cause
        for number in range(60)
        for decision in decisions(somebody(number, age=9), ONCE_A_DAY, decider=somebody(number + 1))
    }
    assert causes - {None} == {ConsentCause.PARENT}
