"""What a right control does with a device's messages as its people change their minds."""

from __future__ import annotations

import pytest
from test_decision import somebody

from simulator.core.purposes import Purpose
from simulator.core.readings import Hazard
from simulator.core.records import ConsentCause, Expectation, RequestKind
from simulator.privacy.decision import Decision
from simulator.privacy.permission import Permission
from simulator.privacy.treatment import treatment
from simulator.world.person import Person

ALL = frozenset(Purpose)
NONE: frozenset[Purpose] = frozenset()


def willing(number: int) -> Person:
    person = somebody(number)
    person.consent = ALL
    return person


def decision(person: Person, at: float, purposes: frozenset[Purpose]) -> Decision:
    cause = ConsentCause.GIVEN if purposes else ConsentCause.WITHDRAWN
    return Decision(at, person.id, purposes, cause)


def heed(permission: Permission, person: Person, purposes: frozenset[Purpose]) -> bool:
    person.consent = purposes
    return permission.heed(decision(person, 1.0, purposes))


def test_a_device_of_nobody_may_always_be_heard() -> None:
    assert Permission((), Purpose.SHARING).expect is Expectation.ALLOW


def test_what_is_several_peoples_needs_the_consent_of_all_of_them() -> None:
    one, other = willing(1), willing(2)
    assert Permission((one, other), Purpose.ANALYTICS).expect is Expectation.ALLOW
    other.consent = ALL - {Purpose.ANALYTICS}
    assert Permission((one, other), Purpose.ANALYTICS).expect is Expectation.DROP
    assert Permission((one, other), Purpose.SERVICE).expect is Expectation.ALLOW


def test_a_change_counts_when_its_grace_period_is_over() -> None:
    person = willing(1)
    permission = Permission((person,), Purpose.ANALYTICS)
    assert heed(permission, person, NONE)
    number = permission.unsettle()
    assert permission.expect is Expectation.ANY
    permission.settle(number)
    assert permission.expect is Expectation.DROP
    assert permission.withdrawn


def test_a_second_change_begins_the_grace_period_anew() -> None:
    person = willing(1)
    permission = Permission((person,), Purpose.ANALYTICS)
    heed(permission, person, NONE)
    first = permission.unsettle()
    heed(permission, person, ALL)
    second = permission.unsettle()
    permission.settle(first)
    assert permission.expect is Expectation.ANY
    permission.settle(second)
    assert permission.expect is Expectation.ALLOW
    assert not permission.withdrawn


def test_a_change_about_another_purpose_changes_nothing() -> None:
    person = willing(1)
    permission = Permission((person,), Purpose.ANALYTICS)
    assert not heed(permission, person, ALL - {Purpose.MARKETING})
    assert permission.expect is Expectation.ALLOW


def test_what_is_to_be_forgotten_is_known_from_before_until_it_is_asked_for() -> None:
    person = willing(1)
    permission = Permission((person,), Purpose.ANALYTICS)
    erased = Decision(100.0, person.id, NONE, ConsentCause.WITHDRAWN, RequestKind.ERASURE)
    permission.foresee([decision(somebody(2), 5.0, NONE), erased], grace=10.0, answer_within=50.0)
    assert permission.delete_by(20.0, retained=False) == 150.0
    assert permission.delete_by(21.0, retained=True) == 110.0
    assert permission.delete_by(105.0, retained=True) == 110.0, "in the grace period, too"
    assert permission.delete_by(105.0, retained=False) is None
    assert permission.delete_by(110.0, retained=True) is None


@pytest.mark.parametrize(
    ("purpose", "hazards", "done"),
    [
        (Purpose.ANALYTICS, (), Expectation.ALLOW),
        (Purpose.ANALYTICS, (Hazard.HEALTH,), Expectation.ALLOW),
        (Purpose.ANALYTICS, (Hazard.PRECISE_LOCATION,), Expectation.COARSEN),
        (Purpose.ANALYTICS, (Hazard.PRECISE_LOCATION, Hazard.LINKED_ID), Expectation.TOKENISE),
        (Purpose.ANALYTICS, (Hazard.LINKED_ID, Hazard.NOTE_PII), Expectation.REDACT),
        (Purpose.SERVICE, (Hazard.PRECISE_LOCATION, Hazard.TRANSCRIPT_PII), Expectation.ALLOW),
        (Purpose.SERVICE, (Hazard.OVER_COLLECTION,), Expectation.REDACT),
        (Purpose.MARKETING, (Hazard.CLIENT_ID_IDENTIFIER,), Expectation.ALLOW),
    ],
)
def test_what_may_pass_passes_without_what_its_purpose_does_not_need(
    purpose: Purpose, hazards: tuple[Hazard, ...], done: Expectation
) -> None:
    assert treatment(purpose, hazards) is done
