from __future__ import annotations

import pickle
from typing import Any

from simulator.core.readings import Hazard
from simulator.core.records import Expectation, MessageTruth, Outcome
from simulator.metrics import Truths


def message(number: int = 0, **about: Any) -> MessageTruth:
    told: dict[str, Any] = {
        "id": f"m{number}",
        "at": 0.0,
        "observed": 0.0,
        "device": "d",
        "kind": "wearable",
        "event": "steps",
        "topic": "t",
        "qos": 1,
        "retain": False,
        "size": 2,
        "person": None,
        "household": None,
        "place": None,
        "consent": None,
        "hazards": (),
        "attack": None,
        "expect": Expectation.ALLOW,
        "facts": None,
    }
    return MessageTruth(**(told | about))


def test_messages_are_counted_by_what_a_right_control_does() -> None:
    truths = Truths()
    for expect in (Expectation.ALLOW, Expectation.DROP, Expectation.DROP):
        truths.due(message(expect=expect))
    assert truths.expected == {Expectation.ALLOW: 1, Expectation.DROP: 2}


def test_a_message_counts_for_each_of_its_hazards() -> None:
    truths = Truths()
    truths.due(message(hazards=(Hazard.HEALTH, Hazard.SLEEP)))
    truths.due(message(hazards=(Hazard.HEALTH,)))
    truths.due(message())
    assert truths.hazards() == {Hazard.HEALTH: 2, Hazard.SLEEP: 1}


def test_a_message_counts_once_for_each_kind_of_fault_that_touched_it() -> None:
    truths = Truths()
    truths.due(message(fault="radio-0+radio-2+clock_skew-1"))
    assert truths.faults() == {"radio": 1, "clock_skew": 1}


def test_messages_of_attacks_are_counted_with_how_they_ended() -> None:
    truths = Truths()
    for number in range(3):
        truths.due(message(number, attack="publish_flood-1"))
    truths.due(message(3))
    truths.finished("m0", Outcome.REFUSED)
    truths.finished("m1", Outcome.ACKNOWLEDGED)
    truths.finished("m3", Outcome.ACKNOWLEDGED)
    assert truths.attacks == {"publish_flood": 3}
    assert truths.ended == {
        ("publish_flood", Outcome.REFUSED): 1,
        ("publish_flood", Outcome.ACKNOWLEDGED): 1,
    }
    assert truths.open == {"m2": "publish_flood"}


def test_shards_add_up_also_from_other_processes() -> None:
    one, other = Truths(), Truths()
    for truths in (one, other):
        truths.due(message(attack="replay-0", hazards=(Hazard.CHILD,), fault="radio-0"))
        truths.finished("m0", Outcome.LOST)
    one.merge(pickle.loads(pickle.dumps(other)))
    assert one.attacks == {"replay": 2}
    assert one.ended == {("replay", Outcome.LOST): 2}
    assert one.hazards() == {Hazard.CHILD: 2}
    assert one.faults() == {"radio": 2}
