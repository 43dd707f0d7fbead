"""The codec against paho's own: the same calls give the same bytes, the same bytes give the same packets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties as PahoProperties
from paho.mqtt.reasoncodes import ReasonCode as PahoReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from simulator.core.actions import Will
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import (
    ConnAckPacket,
    ConnectPacket,
    Decoder,
    DisconnectPacket,
    Properties,
    PubAckPacket,
    PubCompPacket,
    PublishPacket,
    PubRecPacket,
    PubRelPacket,
    ReasonCode,
    RetainHandling,
    SubAckPacket,
    SubscribePacket,
    Subscription,
    UnsubAckPacket,
    UnsubscribePacket,
    encode,
)
from simulator.mqtt.codec.packet_type import PacketType
from simulator.mqtt.codec.reasons import REASONS
from simulator.mqtt.codec.wire import write_varint

V311, V5 = Protocol.MQTT_311, Protocol.MQTT_5
ACCEPTED = {V311: b"\x20\x02\0\0", V5: b"\x20\x03\0\0\0"}

# Paho refuses U+FEFF, which MQTT 5.0 section 1.5.4 says must be let through.
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff+#/")
texts = st.text(letters, max_size=20)
topics = st.lists(st.text(letters, min_size=1, max_size=10), min_size=1, max_size=4).map("/".join)
filters = topics | st.just("#") | topics.map(lambda topic: f"+/{topic}/+/#")
payloads = st.binary(max_size=300)
qualities = st.integers(0, 2)
packet_ids = st.integers(1, 65_535)
protocols = st.sampled_from(Protocol)


class Memory:
    """What paho takes for its socket: all that it writes, and what it is to read next."""

    def __init__(self) -> None:
        self.written = b""
        self.incoming = b""

    def send(self, data: bytes) -> int:
        self.written += bytes(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        if not self.incoming:
            raise BlockingIOError
        data, self.incoming = self.incoming[:size], self.incoming[size:]
        return data

    def setblocking(self, flag: bool) -> None:
        """Memory never blocks."""

    def close(self) -> None:
        """Nothing is open."""


class Paho(Client):
    """A paho client on memory, which notes the arguments of each of its callbacks."""

    def __init__(self, protocol: Protocol, client_id: str = "c", clean: bool = True) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=clean if protocol == V311 else None,
            protocol=MQTTProtocolVersion(protocol),
            reconnect_on_failure=False,
        )
        self.memory = Memory()
        self.heard: list[tuple[Any, ...]] = []
        self.on_connect = self.on_subscribe = self.on_unsubscribe = self.on_disconnect = self._note
        self.on_message = self._note

    def _note(self, _client: Client, _userdata: object, *arguments: Any) -> None:
        self.heard.append(arguments)

    def _create_socket(self) -> Memory:
        return self.memory

    def take(self) -> bytes:
        """What paho has written since the last time."""
        written, self.memory.written = self.memory.written, b""
        return written

    def read(self, data: bytes) -> None:
        """Let paho read one packet."""
        self.memory.incoming += data
        self.loop_read()
        assert not self.memory.incoming

    @classmethod
    def connected(cls, protocol: Protocol) -> Paho:
        client = cls(protocol)
        client.connect("memory")
        client.read(ACCEPTED[protocol])
        client.take()
        client.heard.clear()
        return client


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Byte": st.integers(0, 1),
    "Two Byte Integer": st.integers(1, 65_535),
    "Four Byte Integer": st.integers(1, 2**28 - 1),
    "Variable Byte Integer": st.integers(1, 2**28 - 1),
    "Binary Data": st.binary(max_size=20),
    "UTF-8 Encoded String": texts,
    "UTF-8 String Pair": st.tuples(texts, texts),
}
REPEATED = {"User Property": "user_properties", "Subscription Identifier": "subscription_identifiers"}


@st.composite
def properties_of(draw: st.DrawFn, packet: int, protocol: Protocol) -> PahoProperties | None:
    """Any of the properties that paho allows in such a packet."""
    if protocol == V311 or draw(st.booleans()):
        return None
    properties = PahoProperties(packet)
    for name, identifier in properties.names.items():
        kind, packets = properties.properties[identifier]
        if packet in packets and draw(st.integers(0, 2)) == 0:
            setattr(properties, name, draw(VALUES[properties.types[kind]]))
            if name == "User Property":
                setattr(properties, name, draw(VALUES[properties.types[kind]]))
    return None if properties.isEmpty() else properties


def ours(properties: PahoProperties | None) -> Properties:
    """The same properties as the codec names them."""
    values: dict[str, Any] = {}
    for name in properties.names if properties else ():
        value = getattr(properties, name.replace(" ", ""), None)
        if name in REPEATED:
            values[REPEATED[name]] = tuple(value or ())
        elif value is not None:
            values[name.lower().replace(" ", "_")] = value
    return Properties(**values)


def framed(first: int, body: bytes) -> bytes:
    return bytes((first,)) + write_varint(len(body)) + body


def packed(properties: PahoProperties | None, protocol: Protocol) -> bytes:
    if protocol == V311:
        return b""
    return properties.pack() if properties else b"\0"


def codes_of(packet: int) -> list[int]:
    return [
        code
        for code, names in PahoReasonCode(PacketTypes.CONNACK).names.items()
        if any(packet in packets for packets in names.values())
    ]


@settings(deadline=None)
@given(st.data(), protocols, texts, st.integers(0, 65_535), st.booleans())
def test_connect_is_written_alike(
    data: st.DataObject, protocol: Protocol, client_id: str, keep_alive: int, clean: bool
) -> None:
    client_id = client_id or "c"
    username, password = data.draw(st.none() | texts), None
    if username is not None:
        password = data.draw(st.none() | texts)
    will = data.draw(st.none() | st.builds(Will, topics, payloads, qualities, st.booleans()))
    properties = data.draw(properties_of(PacketTypes.CONNECT, protocol))
    will_properties = data.draw(properties_of(PacketTypes.WILLMESSAGE, protocol)) if will else None

    client = Paho(protocol, client_id, clean)
    client.username = username
    client.password = password
    if will:
        client.will_set(will.topic, will.payload, will.qos, will.retain, will_properties)
    asked = {} if protocol == V311 else {"clean_start": clean}
    client.connect("memory", keepalive=keep_alive, properties=properties, **asked)

    secret = None if password is None else password.encode()
    packet = ConnectPacket(
        client_id, keep_alive, clean, will, username, secret, ours(properties), ours(will_properties)
    )
    assert encode(packet, protocol) == client.take()


@settings(deadline=None)
@given(st.data(), protocols, topics, payloads, qualities, st.booleans())
def test_publish_is_written_and_read_alike(
    data: st.DataObject, protocol: Protocol, topic: str, payload: bytes, qos: int, retain: bool
) -> None:
    properties = data.draw(properties_of(PacketTypes.PUBLISH, protocol))
    writer, reader = Paho.connected(protocol), Paho.connected(protocol)
    packet_id = writer.publish(topic, payload, qos, retain, properties).mid if qos else 0
    if qos == 0:
        writer.publish(topic, payload, qos, retain, properties)
    packet = PublishPacket(topic, payload, qos, retain, packet_id, False, ours(properties))
    wire = writer.take()
    assert encode(packet, protocol) == wire
    assert Decoder(protocol, 10_000).feed(wire) == [packet]

    reader.read(wire)
    if qos == 2:
        reader.read(encode(PubRelPacket(packet_id), protocol))
    [(message,)] = reader.heard
    assert (message.topic, message.payload, message.qos) == (topic, payload, qos)
    assert (message.retain, message.mid, ours(message.properties)) == (retain, packet_id, packet.properties)


@settings(deadline=None)
@given(st.data(), protocols, st.lists(filters, min_size=1, max_size=3))
def test_subscribe_and_unsubscribe_are_written_alike(
    data: st.DataObject, protocol: Protocol, topic_filters: list[str]
) -> None:
    properties = data.draw(properties_of(PacketTypes.SUBSCRIBE, protocol))
    client = Paho.connected(protocol)
    if protocol == V311:
        subscriptions = [Subscription(topic_filter, data.draw(qualities)) for topic_filter in topic_filters]
        wanted: list[Any] = [(each.topic_filter, each.qos) for each in subscriptions]
    else:
        handling = st.sampled_from(RetainHandling)
        options = st.builds(Subscription, st.just(""), qualities, st.booleans(), st.booleans(), handling)
        drawn = [(topic_filter, data.draw(options)) for topic_filter in topic_filters]
        subscriptions = [
            Subscription(topic, it.qos, it.no_local, it.retain_as_published, it.retain_handling)
            for topic, it in drawn
        ]
        wanted = [
            (topic, SubscribeOptions(it.qos, it.no_local, it.retain_as_published, it.retain_handling))
            for topic, it in drawn
        ]
    _, packet_id = client.subscribe(wanted, properties=properties)
    packet = SubscribePacket(packet_id, tuple(subscriptions), ours(properties))
    assert encode(packet, protocol) == client.take()

    properties = data.draw(properties_of(PacketTypes.UNSUBSCRIBE, protocol))
    _, packet_id = client.unsubscribe(topic_filters, properties)
    assert (
        encode(UnsubscribePacket(packet_id, tuple(topic_filters), ours(properties)), protocol)
        == client.take()
    )


@settings(deadline=None)
@given(st.data(), protocols)
def test_disconnect_is_written_alike(data: st.DataObject, protocol: Protocol) -> None:
    client = Paho.connected(protocol)
    properties = data.draw(properties_of(PacketTypes.DISCONNECT, protocol))
    code = data.draw(st.sampled_from(codes_of(PacketTypes.DISCONNECT))) if protocol == V5 else 0
    reason = PahoReasonCode(PacketTypes.DISCONNECT, identifier=code) if code or properties else None
    client.disconnect(reason, properties)
    assert encode(DisconnectPacket(ReasonCode(code), ours(properties)), protocol) == client.take()


@pytest.mark.parametrize("protocol", Protocol)
def test_acknowledgements_are_written_alike(protocol: Protocol) -> None:
    client = Paho.connected(protocol)
    client.read(encode(PublishPacket("t", b"", 1, False, 7), protocol))
    assert client.take() == encode(PubAckPacket(7), protocol)
    client.read(encode(PublishPacket("t", b"", 2, False, 8), protocol))
    assert client.take() == encode(PubRecPacket(8), protocol)
    client.read(encode(PubRelPacket(8), protocol))
    assert client.take() == encode(PubCompPacket(8), protocol)
    packet_id = client.publish("t", b"", 2).mid
    client.take()
    client.read(encode(PubRecPacket(packet_id), protocol))
    assert client.take() == encode(PubRelPacket(packet_id), protocol)


@pytest.mark.parametrize("protocol", Protocol)
def test_a_message_sent_again_is_written_alike(protocol: Protocol) -> None:
    client = Paho(protocol, clean=False)
    client.connect("memory")
    client.read(ACCEPTED[protocol])
    packet_id = client.publish("t", b"again", 1).mid
    client.reconnect()
    client.take()
    client.read(ACCEPTED[protocol])
    assert client.take() == encode(PublishPacket("t", b"again", 1, False, packet_id, dup=True), protocol)


@settings(deadline=None)
@given(st.data(), protocols)
def test_connack_is_read_alike(data: st.DataObject, protocol: Protocol) -> None:
    properties = data.draw(properties_of(PacketTypes.CONNACK, protocol))
    # At the other codes of 3.1.1 paho would connect again, as another client or in another version.
    code = data.draw(st.sampled_from(codes_of(PacketTypes.CONNACK) if protocol == V5 else [0, 3, 4, 5]))
    session_present = data.draw(st.booleans()) and code == 0
    wire = framed(0x20, bytes((session_present, code)) + packed(properties, protocol))
    [packet] = Decoder(protocol, 10_000).feed(wire)

    client = Paho(protocol)
    client.connect("memory")
    client.read(wire)
    flags, reason, heard = client.heard[0]
    assert isinstance(packet, ConnAckPacket)
    assert (packet.session_present, packet.reason, packet.properties) == (
        flags.session_present,
        reason.value,
        ours(heard),
    )
    assert packet.properties == ours(properties)


@settings(deadline=None)
@given(st.data(), protocols, packet_ids)
def test_suback_and_unsuback_are_read_alike(data: st.DataObject, protocol: Protocol, packet_id: int) -> None:
    client = Paho.connected(protocol)
    decoder = Decoder(protocol, 10_000)
    for first, kind, make in (
        (0x90, PacketTypes.SUBACK, SubAckPacket),
        (0xB0, PacketTypes.UNSUBACK, UnsubAckPacket),
    ):
        codes: list[int] = []
        if protocol == V5 or kind == PacketTypes.SUBACK:
            known = codes_of(kind) if protocol == V5 else [0, 1, 2, 128]
            codes = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=4))
        properties = data.draw(properties_of(kind, protocol))
        wire = framed(first, packet_id.to_bytes(2, "big") + packed(properties, protocol) + bytes(codes))
        client.read(wire)
        heard_id, reasons, heard = client.heard.pop()
        assert (heard_id, ours(heard)) == (packet_id, ours(properties))
        assert [reason.value for reason in reasons] == codes
        assert decoder.feed(wire) == [make(packet_id, tuple(map(ReasonCode, codes)), ours(properties))]


@settings(deadline=None)
@given(st.data())
def test_disconnect_is_read_alike(data: st.DataObject) -> None:
    client = Paho.connected(V5)
    code = data.draw(st.sampled_from(codes_of(PacketTypes.DISCONNECT)))
    # Paho 2.1 overlooks the reason of a DISCONNECT without properties.
    properties = data.draw(properties_of(PacketTypes.DISCONNECT, V5).filter(bool))
    wire = framed(0xE0, bytes((code,)) + packed(properties, V5))
    client.read(wire)
    _, reason, heard = client.heard.pop()
    assert Decoder(V5, 10_000).feed(wire) == [DisconnectPacket(ReasonCode(reason.value), ours(heard))]
    assert ours(heard) == ours(properties)


@pytest.mark.parametrize("packet", sorted(REASONS))
def test_packets_carry_the_reasons_that_paho_knows(packet: PacketType) -> None:
    """And CONNACK one more: section 3.2.2.2 has 0x99 for the payload of a will, paho does not."""
    more = {ReasonCode.PAYLOAD_FORMAT_INVALID} if packet == PacketType.CONNACK else set()
    assert set(REASONS[packet]) == set(codes_of(packet)) | more
