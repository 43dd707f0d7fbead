"""A radio that delays, duplicates and reorders."""

from __future__ import annotations

from collections import Counter

import pytest
from troubled import HOUR, Sent, stream

NOTHING = {"delay": "0s", "duplicate": 0, "reorder": 0}


def radio(**options: object) -> dict[str, object]:
    return {"kind": "radio", "at": "1h", "for": "90m"} | NOTHING | options


def meanwhile(message: Sent) -> bool:
    return HOUR <= message.publish.at < 2.5 * HOUR


def test_a_delay_makes_messages_late_and_keeps_their_order() -> None:
    delayed, calm = stream(radio(delay="20s")), stream()
    usual = {message.publish.id: message for message in calm.sent()}
    touched = [message for message in delayed.sent() if message.truth.fault]
    assert len(touched) > 500
    for message in touched:
        assert message.truth.fault == "radio-0:delay"
        assert 10 <= message.publish.at - usual[message.publish.id].publish.at <= 30
        assert message.publish.payload == usual[message.publish.id].publish.payload
        assert message.truth.observed == usual[message.publish.id].truth.observed
    for device in delayed.devices:
        numbers = [message.payload["seq"] for message in delayed.sent(device)]
        assert numbers == sorted(numbers)


def test_a_copy_has_the_id_of_its_message_and_a_row_that_says_so() -> None:
    doubled = stream(radio(duplicate=0.2))
    counts = Counter(message.publish.id for message in doubled.sent())
    twice = {identifier for identifier, count in counts.items() if count == 2}
    assert set(counts.values()) == {1, 2}
    in_time = {message.publish.id for message in stream().sent() if meanwhile(message)}
    assert twice <= in_time
    assert 0.15 < len(twice) / len(in_time) < 0.25
    copies = [message for message in doubled.sent() if message.truth.fault]
    assert {message.truth.fault for message in copies} == {"radio-0:duplicate"}
    assert Counter(message.publish.id for message in copies) == Counter(dict.fromkeys(twice, 1))
    first = {}
    for message in doubled.sent():
        if message.publish.id in first:
            assert message.publish.payload == first[message.publish.id].publish.payload
            assert message.truth.fault is not None
        first.setdefault(message.publish.id, message)


def test_a_message_is_overtaken_by_the_next_of_its_device() -> None:
    mixed, calm = stream(radio(reorder=0.2)), stream()
    assert sorted(m.publish.id for m in mixed.sent()) == sorted(m.publish.id for m in calm.sent())
    touched = Counter(message.truth.fault for message in mixed.sent() if message.truth.fault)
    assert touched.keys() == {"radio-0:reorder", "radio-0:delay"}
    assert touched["radio-0:reorder"] > 50
    exchanged = 0
    for device in mixed.devices:
        numbers = [message.payload["seq"] for message in mixed.sent(device)]
        assert all(abs(number - place) <= 1 for place, number in enumerate(numbers))
        exchanged += sum(number > place for place, number in enumerate(numbers))
    assert exchanged == touched["radio-0:reorder"]


def test_what_nothing_overtakes_waits_a_minute_at_most() -> None:
    mixed, calm = stream(radio(reorder=0.2)), stream()
    usual = {message.publish.id: message.publish.at for message in calm.sent()}
    waits = {message.publish.at - usual[message.publish.id] for message in mixed.sent()}
    assert max(waits) == pytest.approx(60.0)
