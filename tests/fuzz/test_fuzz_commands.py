"""What devices, the witness and the broker's own count are told from the network."""

from __future__ import annotations

import json
import socket
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutation import mutated

from simulator.bench.own_count import TOPIC, OwnCount
from simulator.core.actions import Publish
from simulator.core.endpoint import Endpoint, Protocol
from simulator.fleet import Fleet
from simulator.payloads.plain_json import FORMAT
from simulator.scenario import Scenario

COMMANDS = [
    b'{"name":"mute"}',
    b'{"name":"report_interval","value":600}',
    b'{"name":"firmware","value":"1.4.2"}',
]
NASTY = [
    b'{"name":"mute","more":' + b"[" * 100_000,
    b'{"name":"\xff\xfe"}',
    b'{"name":"report_interval","value":' + b"9" * 5_000 + b"}",
    b'{"name":"report_interval","value":1e999}',
    b'{"name":"report_interval","value":-1}',
    b'{"name":"report_interval","value":1e-300}',
    b'{"name":"firmware","value":"' + b"x" * 100_000 + b'"}',
    b"",
    b"null",
]

values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
payloads = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(COMMANDS).flatmap(mutated),
    st.builds(
        lambda name, value: json.dumps({"name": name, "value": value}).encode(),
        st.sampled_from(["mute", "unmute", "report_interval", "firmware"]) | st.text(max_size=10),
        values,
    ),
)


def small_fleet() -> Fleet:
    scenario = {
        "name": "told",
        "duration": "20m",
        "world": {"households": 2, "shops": 1},
        "devices": [
            {"kind": "wearable", "owners": 1.0},
            {"kind": "smart_speaker", "per_household": 1.0},
            {"kind": "inventory_sensor", "per_shop": 3},
        ],
    }
    return Fleet(Scenario.model_validate(scenario))


@cache
def usual_count() -> int:
    return sum(isinstance(action, Publish) for action, _ in small_fleet().stream())


def topics(fleet: Fleet) -> list[str]:
    return sorted(fleet._listening)


@pytest.mark.parametrize("payload", NASTY)
def test_a_command_that_nobody_can_mean_is_not_obeyed(payload: bytes) -> None:
    fleet = small_fleet()
    assert not any(fleet.command(topic, payload) for topic in topics(fleet))


@settings(max_examples=15)
@given(told=st.lists(payloads, min_size=1, max_size=30))
def test_whatever_devices_are_told_the_fleet_goes_on_and_sends_no_flood(told: list[bytes]) -> None:
    fleet = small_fleet()
    every = topics(fleet)
    sent = 0
    commands = iter(told)
    for action, _ in fleet.stream():
        sent += isinstance(action, Publish)
        payload = next(commands, None)
        if payload is not None:
            for topic in (*every, "no/such/topic"):
                fleet.command(topic, payload)
    obeyed = len(told) * len(every)
    # The shortest report interval is a second: that is the most that a command can bring about.
    assert sent <= usual_count() + obeyed + 20 * 60 * len(every) * 2
    assert fleet.now <= 20 * 60


@given(payload=st.binary(max_size=80) | mutated(b'{"id":"abc","device":"d","seq":1}'))
def test_what_the_witness_hears_has_an_id_or_none(payload: bytes) -> None:
    assert isinstance(FORMAT.identify(payload), str | None)


def counted(said: bytes) -> OwnCount:
    """Return what a count has heard from a broker that says this."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address, port = listener.getsockname()
        count = OwnCount(Endpoint(address, address, port, Protocol.MQTT_311))
        count.poll()  # which connects
        peer, _ = listener.accept()
        with peer:
            peer.sendall(said)
            peer.shutdown(socket.SHUT_WR)
            for _ in range(20):
                count.poll()
        count.close()
    return count


def told(figure: bytes) -> bytes:
    topic = TOPIC.encode()
    body = len(topic).to_bytes(2, "big") + topic + figure
    length, more = len(body) % 128, len(body) // 128
    return b"\x30" + (bytes((length | 0x80, more)) if more else bytes((length,))) + body


CONNACK = b"\x20\x02\x00\x00"


@pytest.mark.parametrize(
    ("figure", "count"),
    [(b"1234", 1234), (b"many", None), (b"-5", None), (b"9" * 5_000, None), (b"", None), (b"\xb2", None)],
)
def test_the_brokers_own_count_is_a_number_or_passed_over(figure: bytes, count: int | None) -> None:
    assert counted(CONNACK + told(figure)).count == count


@settings(max_examples=40)
@given(said=st.binary(max_size=60) | mutated(CONNACK + b"\x90\x03\x00\x01\x00" + told(b"1234")))
def test_a_broker_that_talks_nonsense_about_its_count_stops_nothing(said: bytes) -> None:
    count = counted(said).count
    assert count is None or 0 <= count < 10**20
