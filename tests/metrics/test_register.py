from __future__ import annotations

from simulator.core.records import ConsentCause, ConsentTruth, PersonTruth, RequestKind, RequestTruth
from simulator.metrics import Register, Town


def person(name: str, household: str) -> PersonTruth:
    return PersonTruth(name, household, "n0", 40, "female", "office", 0.0, (0.0, 0.0), None)


def register() -> Register:
    register = Register(["wearable", "wearable", "smart_speaker"])
    for name, household in (("a", "h0"), ("b", "h0"), ("c", "h1")):
        register.person(person(name, household))
    register.take(ConsentTruth("a", 0.0, ("service", "analytics")))
    register.take(ConsentTruth("a", 60.0, (), ConsentCause.WITHDRAWN))
    register.take(ConsentTruth("b", 0.0, ("service",)))
    register.take(ConsentTruth("b", 30.0, ("service", "analytics"), ConsentCause.GIVEN))
    register.take(RequestTruth("a", 61.0, RequestKind.ERASURE, 3600.0))
    return register


def test_people_households_and_devices_are_counted() -> None:
    town = register().at(0.0)
    assert (town.people, town.households) == (3, 2)
    assert town.devices == {"wearable": 2, "smart_speaker": 1}


def test_consent_is_what_people_agree_to_at_the_moment() -> None:
    following = register()
    agreed = [following.at(moment).consenting for moment in (0.0, 30.0, 60.0)]
    assert [(each["service"], each["analytics"]) for each in agreed] == [(2, 1), (2, 2), (1, 1)]
    assert agreed[0]["marketing"] == 0, "a purpose that nobody agrees to is a number too"


def test_requests_add_up() -> None:
    following = register()
    assert following.at(60.9).requests == {}
    assert following.at(61.0).requests == {"erasure": 1}


def test_parts_of_a_town_add_up() -> None:
    both = register().at(0.0) + Town(
        people=1, households=1, devices={"wearable": 1}, consenting={"service": 1}
    )
    assert (both.people, both.households) == (4, 3)
    assert both.devices == {"wearable": 3, "smart_speaker": 1}
    assert both.consenting["service"] == 3
