from __future__ import annotations

from simulator.core.actions import Publish
from simulator.fleet import Fleet
from simulator.scenario import Scenario


def sent(**world: object) -> dict[str, tuple[str | None, bytes]]:
    """Return whom each message is about, and what it says, by id."""
    fleet = Fleet(
        Scenario.model_validate(
            {
                "name": "neighbour",
                "duration": "2h",
                "world": {"households": 12, "shops": 1, **world},
                "devices": [{"kind": "wearable", "owners": 1.0}, {"kind": "smart_speaker"}],
                "privacy": {},
            }
        )
    )
    return {
        action.id: (truth.person, action.payload)
        for action, truth in fleet.stream()
        if truth is not None and isinstance(action, Publish)
    }


def test_a_neighbouring_fleet_differs_by_what_one_person_wears_and_by_nothing_else() -> None:
    everybody, others = sent(), sent(without="n0-h3-p0")
    missing = everybody.keys() - others.keys()
    assert missing
    assert not others.keys() - everybody.keys()
    changed = {message for message in others if others[message] != everybody[message]}
    assert {everybody[message][0] for message in missing | changed} == {"n0-h3-p0"}
    assert all(b'"subject"' in others[message][1] for message in changed)  # which devices a consent is for
