"""Both transports as codecs: calls become bytes, bytes become calls, nothing touches a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from simulator.core.actions import Will
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import ReasonCode
from simulator.mqtt.fast_link import FastLink
from simulator.mqtt.link import Greeting, Hello, Link
from simulator.mqtt.paho_link import PahoLink
from simulator.mqtt.reasons import Cause

CONNACK = {Protocol.MQTT_311: b"\x20\x02\x00\x00", Protocol.MQTT_5: b"\x20\x03\x00\x00\x00"}
BOTH = pytest.mark.parametrize("protocol", list(Protocol))


class Notes:
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def greeted(self, greeting: Greeting) -> None:
        self.heard.append(("greeted", greeting))

    def acknowledged(self, packet_id: int, code: int) -> None:
        self.heard.append(("acknowledged", packet_id, code))

    def all_accepted(self, packet_ids: Sequence[int]) -> None:
        self.heard += [("acknowledged", packet_id, 0) for packet_id in packet_ids]

    def received(self, packet_id: int) -> None:
        self.heard.append(("received", packet_id))

    def subscribed(self, packet_id: int, code: int) -> None:
        self.heard.append(("subscribed", packet_id, code))

    def ponged(self) -> None:
        self.heard.append(("ponged",))

    def messaged(self, topic: str, payload: bytes) -> None:
        self.heard.append(("messaged", topic, payload))

    def dismissed(self, reason: str, code: int = 0) -> None:
        self.heard.append(("dismissed", reason))


class Links:
    """Makes links of one kind."""

    def __init__(self, kind: type[FastLink | PahoLink]) -> None:
        self.kind = kind

    def link(self, protocol: Protocol, notes: Notes, **hello: Any) -> Link:
        return self.kind(protocol, Hello("d", **({"keep_alive": 60, "clean": True} | hello)), notes)

    def open_link(self, protocol: Protocol) -> tuple[Link, Notes]:
        notes = Notes()
        opened = self.link(protocol, notes)
        opened.connect()
        opened.receive(CONNACK[protocol])
        opened.outgoing.clear()
        notes.heard.clear()
        return opened, notes


@pytest.fixture(params=[FastLink, PahoLink])
def links(request: pytest.FixtureRequest) -> Links:
    return Links(request.param)


def test_connect_says_who_and_how_in_3_1_1(links: Links) -> None:
    made = links.link(
        Protocol.MQTT_311, Notes(), will=Will("w", b"gone", 1, True), username="u", password="p"
    )
    made.connect()
    said = b"\x00\x01d" + b"\x00\x01w\x00\x04gone" + b"\x00\x01u\x00\x01p"
    assert made.outgoing == b"\x10\x1c\x00\x04MQTT\x04\xee\x00\x3c" + said


def test_connect_asks_an_mqtt_5_broker_to_keep_a_session_that_is_not_clean(links: Links) -> None:
    made = links.link(Protocol.MQTT_5, Notes(), clean=False, session_expiry=3600)
    made.connect()
    largest = b"\x27\x00\x10\x00\x00"  # and tells it the longest packet that the device takes
    expiry = b"\x11\x00\x00\x0e\x10"
    assert made.outgoing == b"\x10\x18\x00\x04MQTT\x05\x00\x00\x3c\x0a" + expiry + largest + b"\x00\x01d"


@BOTH
def test_each_connection_of_a_session_begins_with_the_same_connect(links: Links, protocol: Protocol) -> None:
    made, _ = links.open_link(protocol)
    made.connect()
    first = bytes(made.outgoing)
    made.publish(1, "t", b"never sent", 1, False, False)
    made.connect()
    assert bytes(made.outgoing) == first


@pytest.mark.parametrize(
    ("protocol", "frame"),
    [
        (Protocol.MQTT_311, b"\x3b\x09\x00\x03a/b\x00\x07{}"),
        (Protocol.MQTT_5, b"\x3b\x0a\x00\x03a/b\x00\x07\x00{}"),
    ],
)
def test_publish_carries_the_sessions_packet_id_and_flags(
    links: Links, protocol: Protocol, frame: bytes
) -> None:
    made, _ = links.open_link(protocol)
    made.publish(7, "a/b", b"{}", 1, True, True)
    assert made.outgoing == frame


@BOTH
def test_subscribe_release_ping_and_disconnect(links: Links, protocol: Protocol) -> None:
    made, _ = links.open_link(protocol)
    made.subscribe(9, "c", 1)
    properties = b"\x00" if protocol is Protocol.MQTT_5 else b""
    frame = b"\x00\x09" + properties + b"\x00\x01c\x01"
    assert made.outgoing == b"\x82" + bytes([len(frame)]) + frame
    made.outgoing.clear()
    made.release(9)
    made.ping()
    made.disconnect()
    assert made.outgoing == b"\x62\x02\x00\x09" + b"\xc0\x00" + b"\xe0\x00"


@BOTH
def test_what_the_broker_says_is_heard_however_it_is_cut_into_pieces(
    links: Links, protocol: Protocol
) -> None:
    properties = b"\x00" if protocol is Protocol.MQTT_5 else b""
    publish = b"\x00\x01c" + properties + b"mute"
    suback = b"\x00\x05" + properties + b"\x01"
    stream = (
        CONNACK[protocol]
        + (b"\x90" + bytes([len(suback)]) + suback)
        + b"\x40\x02\x00\x01"
        + b"\x50\x02\x00\x02"
        + b"\x70\x02\x00\x02"
        + b"\xd0\x00"
        + (b"\x30" + bytes([len(publish)]) + publish)
    )
    expected = [
        ("greeted", Greeting(0)),
        ("subscribed", 5, 1),
        ("acknowledged", 1, 0),
        ("received", 2),
        ("acknowledged", 2, 0),
        ("ponged",),
        ("messaged", "c", b"mute"),
    ]
    for size in (1, 2, 3, 7, len(stream)):
        notes = Notes()
        made = links.link(protocol, notes)
        made.connect()
        for start in range(0, len(stream), size):
            made.receive(stream[start : start + size])
        assert notes.heard == expected


def test_a_connack_tells_the_brokers_limits(links: Links) -> None:
    notes = Notes()
    made = links.link(Protocol.MQTT_5, notes)
    made.connect()
    limits = b"\x21\x00\x05" + b"\x27\x00\x00\x04\x00" + b"\x13\x00\x1e"
    made.receive(b"\x20" + bytes([3 + len(limits)]) + b"\x01\x00" + bytes([len(limits)]) + limits)
    assert notes.heard == [("greeted", Greeting(0, True, 5, 1024, 30))]


@pytest.mark.parametrize(
    ("protocol", "connack", "code"),
    [
        (Protocol.MQTT_311, b"\x20\x02\x00\x01", ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
        (Protocol.MQTT_311, b"\x20\x02\x00\x02", ReasonCode.CLIENT_IDENTIFIER_NOT_VALID),
        (Protocol.MQTT_311, b"\x20\x02\x00\x03", ReasonCode.SERVER_UNAVAILABLE),
        (Protocol.MQTT_311, b"\x20\x02\x00\x04", ReasonCode.BAD_USER_NAME_OR_PASSWORD),
        (Protocol.MQTT_311, b"\x20\x02\x00\x05", ReasonCode.NOT_AUTHORIZED),
        (Protocol.MQTT_5, b"\x20\x03\x00\x87\x00", ReasonCode.NOT_AUTHORIZED),
        (Protocol.MQTT_5, b"\x20\x03\x00\x89\x00", ReasonCode.SERVER_BUSY),
    ],
)
def test_refusals_have_one_code_in_both_versions(
    links: Links, protocol: Protocol, connack: bytes, code: int
) -> None:
    notes = Notes()
    made = links.link(protocol, notes)
    made.connect()
    made.receive(connack)
    assert notes.heard[0] == ("greeted", Greeting(code))


def test_refused_messages_tell_their_reason_at_qos_1_and_2(links: Links) -> None:
    made, notes = links.open_link(Protocol.MQTT_5)
    made.receive(b"\x40\x03\x00\x01\x87" + b"\x50\x03\x00\x02\x97")
    assert notes.heard == [("acknowledged", 1, 0x87), ("acknowledged", 2, 0x97)]


def test_a_disconnect_from_the_broker_tells_why(links: Links) -> None:
    made, notes = links.open_link(Protocol.MQTT_5)
    made.receive(b"\xe0\x02\x8e\x00")
    assert notes.heard == [("dismissed", "session taken over (0x8e)")]


@pytest.mark.parametrize(
    "nonsense", [b"\x00\x00", b"\x40\x01\x00", b"\x20\xff\xff\xff\xff\xff", b"\x36\x02\x00\x01"]
)
def test_nonsense_ends_the_connection_and_nothing_else(links: Links, nonsense: bytes) -> None:
    made, notes = links.open_link(Protocol.MQTT_5)
    made.receive(nonsense)
    assert notes.heard == [("dismissed", Cause.MALFORMED)]


def test_a_qos_2_command_is_heard_once_and_acknowledged_in_both_steps(links: Links) -> None:
    made, notes = links.open_link(Protocol.MQTT_311)
    made.receive(b"\x34\x07\x00\x01c\x00\x03on")
    assert (notes.heard, bytes(made.outgoing)) == ([], b"\x50\x02\x00\x03")
    made.receive(b"\x62\x02\x00\x03")
    assert notes.heard == [("messaged", "c", b"on")]
    assert made.outgoing == b"\x50\x02\x00\x03" + b"\x70\x02\x00\x03"


def test_a_qos_2_command_can_be_released_on_the_next_connection_of_a_kept_session(links: Links) -> None:
    notes = Notes()
    made = links.link(Protocol.MQTT_311, notes, clean=False)
    made.connect()
    made.receive(b"\x20\x02\x00\x00" + b"\x34\x07\x00\x01c\x00\x03on")
    made.connect()
    made.receive(b"\x20\x02\x01\x00")
    made.outgoing.clear()
    notes.heard.clear()
    made.receive(b"\x62\x02\x00\x03")
    assert notes.heard == [("messaged", "c", b"on")]
    assert made.outgoing == b"\x70\x02\x00\x03"


def test_a_password_shows_in_no_representation() -> None:
    assert "s3cret" not in repr(Hello("d", 60, True, username="u", password="s3cret"))
