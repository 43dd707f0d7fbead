"""The default payload format."""

from __future__ import annotations

import json

import pytest

from simulator.core import plugins
from simulator.core.readings import Reading
from simulator.payloads.plain_json import FORMAT, RESERVED


def encoded(event: str, values: dict[str, object]) -> bytes:
    reading = Reading(
        12.5,
        event,
        values,
        person="n0-h0-p0",
        household="n0-h0",
        place="office",
        facts={"said": "x"},  # type: ignore[arg-type]
    )
    return FORMAT.encode("00ff", "d1", 7, "2026-03-02T06:30:00.250Z", reading)


def test_a_message_is_one_flat_object_in_a_fixed_order() -> None:
    assert encoded("heart_rate", {"bpm": 66}) == (
        b'{"id":"00ff","device":"d1","seq":7,"time":"2026-03-02T06:30:00.250Z","event":"heart_rate","bpm":66}'
    )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"latitude": -31.000123, "longitude": 137.5},
        {"muted": True, "content": None},
        {"transcript": 'say "grüß dich" 🙂\n'},
        {"tags": ["a", "b"], "nested": {"c": [1, 2.5]}},
    ],
)
def test_values_arrive_as_they_are(values: dict[str, object]) -> None:
    message = json.loads(encoded("event", values))
    assert {name: value for name, value in message.items() if name not in RESERVED} == values
    assert set(message) == RESERVED | set(values)


def test_the_truth_stays_out_of_the_payload() -> None:
    payload = encoded("utterance", {"transcript": "stop"})
    for secret in (b"n0-h0", b"office", b"said"):
        assert secret not in payload


def test_it_enters_by_the_door_that_all_formats_use() -> None:
    assert plugins.load("simulator.payloads", "json") is FORMAT
    assert FORMAT.name == "json"
    assert FORMAT.summary


def test_a_message_is_identified_by_its_payload() -> None:
    payload = FORMAT.encode(
        "0123456789abcdef", "device", 3, "2026-03-02T06:30:00.000Z", Reading(0.0, "x", {})
    )
    assert FORMAT.identify(payload) == "0123456789abcdef"


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b'{"id":"', b'{"id":5}', b"\xff\xfe", b'{"device":"a","id":"b"}']
)
def test_what_is_no_message_is_not_identified(payload: bytes) -> None:
    assert FORMAT.identify(payload) is None
