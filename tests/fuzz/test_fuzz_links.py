"""Both transports, fed with what no broker should send: instead of a greeting and in mid-session."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutation import mutated

from simulator.core.endpoint import Protocol
from simulator.mqtt.fast_link import FastLink
from simulator.mqtt.link import Greeting, Hello, Link
from simulator.mqtt.paho_link import PahoLink
from simulator.mqtt.reasons import Cause

KINDS = pytest.mark.parametrize("kind", [FastLink, PahoLink])
BOTH = pytest.mark.parametrize("protocol", list(Protocol))

CONNACK = {Protocol.MQTT_311: b"\x20\x02\x00\x00", Protocol.MQTT_5: b"\x20\x06\x00\x00\x03\x21\x00\x0a"}


def stream(protocol: Protocol) -> bytes:
    """Return one of everything that a broker says after its CONNACK."""
    none = b"\x00" if protocol is Protocol.MQTT_5 else b""
    suback = b"\x00\x05" + none + b"\x01"
    messages = [(0x30, b"\x00\x01c" + none + b"mute")]
    messages += [(0x30 | qos << 1, b"\x00\x01c\x00\x07" + none + b"mute") for qos in (1, 2)]
    packets = [(0x90, suback), *messages, (0x62, b"\x00\x07"), (0xD0, b"")]
    packets += [(first, b"\x00\x01") for first in (0x40, 0x50, 0x70)]
    if protocol is Protocol.MQTT_5:
        packets += [(0x40, b"\x00\x01\x87\x00"), (0xF0, b"\x00\x00"), (0xE0, b"\x8e\x00")]
    return b"".join(bytes((first, len(body))) + body for first, body in packets)


class Hearer:
    """A listener that checks that what it hears is what a session can use."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.messages = 0

    def greeted(self, greeting: Greeting) -> None:
        assert 0 <= greeting.code <= 0xFF
        assert 1 <= greeting.receive_maximum <= 65_535
        assert greeting.largest_packet >= 1

    def acknowledged(self, packet_id: int, code: int) -> None:
        assert 0 <= packet_id <= 65_535
        assert 0 <= code <= 0xFF

    def all_accepted(self, packet_ids: Sequence[int]) -> None:
        assert packet_ids

    def received(self, packet_id: int) -> None:
        assert 0 <= packet_id <= 65_535

    def subscribed(self, packet_id: int, code: int) -> None:
        assert 0 <= code <= 0xFF

    def ponged(self) -> None:
        """Nothing can be wrong with it."""

    def messaged(self, topic: str, payload: bytes) -> None:
        topic.encode()
        assert isinstance(payload, bytes)
        self.messages += 1

    def dismissed(self, reason: str, code: int = 0) -> None:
        assert reason
        self.reasons.append(reason)


def opened(kind: type[FastLink | PahoLink], protocol: Protocol) -> tuple[Link, Hearer]:
    hearer = Hearer()
    link = kind(protocol, Hello("d", 60, True), hearer)
    link.connect()
    return link, hearer


def feed(link: Link, pieces: Sequence[bytes]) -> None:
    """Feed bytes as a connection would, and go on after the link has said that it cannot."""
    for piece in pieces:
        if piece:
            link.receive(piece)


@KINDS
@BOTH
@given(pieces=st.lists(st.binary(max_size=40), max_size=4))
def test_junk_instead_of_a_greeting_ends_at_most_the_connection(
    kind: type[FastLink | PahoLink], protocol: Protocol, pieces: list[bytes]
) -> None:
    link, _ = opened(kind, protocol)
    feed(link, pieces)
    link.connect()
    link.receive(CONNACK[protocol])


@KINDS
@BOTH
@given(data=st.data(), cut=st.integers(0, 60))
def test_a_mutated_conversation_ends_at_most_the_connection(
    kind: type[FastLink | PahoLink], protocol: Protocol, data: st.DataObject, cut: int
) -> None:
    link, _ = opened(kind, protocol)
    said = data.draw(mutated(CONNACK[protocol] + stream(protocol)))
    feed(link, [said[:cut], said[cut:]])
    link.connect()
    link.receive(CONNACK[protocol])


@KINDS
@BOTH
@given(junk=st.binary(min_size=1, max_size=60), first=st.sampled_from(range(0x00, 0x100, 0x10)))
def test_junk_in_the_middle_of_a_session_ends_at_most_the_connection(
    kind: type[FastLink | PahoLink], protocol: Protocol, junk: bytes, first: int
) -> None:
    link, _ = opened(kind, protocol)
    link.receive(CONNACK[protocol])
    link.subscribe(5, "c", 1)
    link.publish(1, "t", b"{}", 2, False, False)
    feed(link, [bytes((first, len(junk))) + junk, stream(protocol)])
    link.ping()
    link.disconnect()


@KINDS
@BOTH
@settings(max_examples=20)
@given(first=st.sampled_from([0x20, 0x30, 0x40, 0x90, 0xD0, 0xE0]), piece=st.binary(min_size=16, max_size=64))
def test_a_packet_takes_the_memory_of_what_came_and_not_of_what_was_announced(
    kind: type[FastLink | PahoLink], protocol: Protocol, first: int, piece: bytes
) -> None:
    link, _ = opened(kind, protocol)
    link.receive(CONNACK[protocol])
    tracemalloc.start()
    try:
        link.receive(bytes((first,)) + b"\xff\xff\xff\x7f")  # 256 MB follow
        for _ in range(100):
            link.receive(piece * 10)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


@KINDS
@BOTH
@given(
    beyond=st.integers(1, 200_000),
    first=st.sampled_from([0x30, 0x32, 0x34, 0x20, 0x90, 0xE0]),
    piece=st.integers(1, 70_000),
)
@settings(max_examples=20)
def test_a_packet_longer_than_the_device_takes_ends_the_connection_and_says_so(
    kind: type[FastLink | PahoLink], protocol: Protocol, beyond: int, first: int, piece: int
) -> None:
    hearer = Hearer()
    link = kind(protocol, Hello("d", 60, True, largest_packet=50_000), hearer)
    link.connect()
    link.receive(CONNACK[protocol])
    size = 50_000 + beyond
    length = bytes((size & 127 | 128, size >> 7 & 127 | 128, size >> 14))
    packet = bytes((first,)) + length + b"\x00\x01c\x00\x07\x00" + bytes(size - 6)
    tracemalloc.start()
    try:
        for start in range(0, len(packet), piece):
            link.receive(packet[start : start + piece])
            if hearer.reasons:
                break
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    if protocol is Protocol.MQTT_5 or first != 0xE0:  # which no 3.1.1 broker sends at all
        assert hearer.reasons[0] == Cause.PACKET_TOO_LONG
    assert peak < 500_000
    link.connect()
    link.receive(CONNACK[protocol])


@KINDS
@BOTH
def test_a_message_as_long_as_the_device_takes_is_heard(
    kind: type[FastLink | PahoLink], protocol: Protocol
) -> None:
    hearer = Hearer()
    none = b"\x00" if protocol is Protocol.MQTT_5 else b""
    body = b"\x00\x01c" + none + bytes(60_000)
    frame = b"\x30" + bytes((len(body) & 127 | 128, len(body) >> 7 & 127 | 128, len(body) >> 14)) + body
    link = kind(protocol, Hello("d", 60, True, largest_packet=len(frame)), hearer)
    link.connect()
    link.receive(CONNACK[protocol] + frame)
    assert (hearer.messages, hearer.reasons) == (1, [])


@KINDS
@BOTH
def test_a_message_that_is_repeated_for_ever_is_kept_once(
    kind: type[FastLink | PahoLink], protocol: Protocol
) -> None:
    link, _ = opened(kind, protocol)
    link.receive(CONNACK[protocol])
    body = b"\x00\x01c\x00\x07" + (b"\x00" if protocol is Protocol.MQTT_5 else b"") + bytes(100)
    tracemalloc.start()
    try:
        for _ in range(5_000):
            link.receive(bytes((0x3C, len(body))) + body)
            link.outgoing.clear()  # the kernel takes the answers
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 100_000
