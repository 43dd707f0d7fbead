"""The codec on a bare socket and paho as its witness, on two sides of a real Mosquitto."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from simulator.broker import LocalMosquitto
from simulator.core.actions import Will
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import (
    ClientPacket,
    ConnAckPacket,
    ConnectPacket,
    Decoder,
    DisconnectPacket,
    PingReqPacket,
    PingRespPacket,
    Properties,
    PubAckPacket,
    PubCompPacket,
    PublishPacket,
    PublishTemplate,
    PubRecPacket,
    PubRelPacket,
    ReasonCode,
    ServerPacket,
    SubAckPacket,
    SubscribePacket,
    Subscription,
    UnsubAckPacket,
    UnsubscribePacket,
    encode,
)

V311, V5 = Protocol.MQTT_311, Protocol.MQTT_5
PATIENCE = 10.0
"""Seconds after which a broker that says nothing fails the test."""

PAYLOADS = (b"", b"{}", bytes(range(256)), b"x" * 70_000)
TOPICS = ("a", "fleet/n0/wearable/n0-h3-p1-w/steps", "größe/温度/🏠")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Port of one Mosquitto for all these tests; each has client ids and topics of its own."""
    with LocalMosquitto() as broker:
        yield broker.port


class BareClient:
    """A socket and the codec; reads in pieces too small for most packets."""

    def __init__(self, port: int, protocol: Protocol) -> None:
        self.protocol = protocol
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.decoder = Decoder(protocol, 100_000)
        self.packets: list[ServerPacket] = []

    def __enter__(self) -> BareClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *packets: ClientPacket) -> None:
        self.socket.sendall(b"".join(encode(packet, self.protocol) for packet in packets))

    def next(self) -> ServerPacket:
        while not self.packets:
            data = self.socket.recv(13)
            assert data, "the broker closed the connection"
            self.packets += self.decoder.feed(data)
        return self.packets.pop(0)

    def until(self, last: ServerPacket) -> list[ServerPacket]:
        """All packets before one that equals `last`."""
        return list(iter(self.next, last))

    def ask(self, packet: ClientPacket) -> ServerPacket:
        self.send(packet)
        return self.next()


class Witness:
    """A paho client that subscribes to everything and keeps what it hears."""

    def __init__(self, port: int) -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self.messages: list[tuple[str, bytes, int, bool]] = []
        self.ready = False
        self.client.on_message = self._on_message
        self.client.on_subscribe = self._on_subscribe
        self.client.connect("127.0.0.1", port)
        options = SubscribeOptions(
            2, retainAsPublished=True, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND
        )
        self.client.subscribe("#", options=options)
        self.wait(lambda: self.ready)

    def __enter__(self) -> Witness:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()

    def _on_message(self, _client: Client, _userdata: object, message: Any) -> None:
        self.messages.append((message.topic, message.payload, message.qos, message.retain))

    def _on_subscribe(self, *_: object) -> None:
        self.ready = True

    def wait(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done() and time.monotonic() < deadline:
            self.client.loop(0.1)
        assert done()


@pytest.fixture
def join(port: int) -> Iterator[Callable[..., BareClient]]:
    """Connect a bare client; its socket closes with the test."""
    with ExitStack() as sockets:

        def connect(protocol: Protocol, client_id: str, **options: Any) -> BareClient:
            client = sockets.enter_context(BareClient(port, protocol))
            answer = client.ask(ConnectPacket(client_id, 60, **options))
            assert isinstance(answer, ConnAckPacket)
            assert answer.reason is ReasonCode.SUCCESS
            return client

        yield connect


Join = Callable[..., BareClient]


@pytest.mark.parametrize("protocol", Protocol)
def test_paho_hears_what_the_codec_publishes(port: int, join: Join, protocol: Protocol) -> None:
    with Witness(port) as witness:
        client = join(protocol, "publisher")
        expected, acknowledgements, packet_id = [], [], 0
        for topic in TOPICS:
            for qos in (0, 1):
                for retain in (False, True):
                    template = PublishTemplate(topic, qos, retain, protocol)
                    for payload in PAYLOADS:
                        packet_id += 1
                        client.socket.sendall(template.frame(payload, packet_id))
                        expected.append((topic, payload, qos, retain))
                        acknowledgements += [PubAckPacket(packet_id)] if qos else []
        client.send(PingReqPacket())
        assert client.until(PingRespPacket()) == acknowledgements
        witness.wait(lambda: len(witness.messages) >= len(expected))
        assert witness.messages == expected


@pytest.mark.parametrize("protocol", Protocol)
def test_the_codec_hears_what_paho_publishes(port: int, join: Join, protocol: Protocol) -> None:
    client = join(protocol, "subscriber")
    filters = ("from/paho/#", "größe/+/🐍")
    granted = client.ask(SubscribePacket(1, tuple(Subscription(each, 2) for each in filters)))
    assert granted == SubAckPacket(1, (ReasonCode.GRANTED_QOS_2, ReasonCode.GRANTED_QOS_2))
    topics = ("from/paho", "größe/x/🐍")
    sent = [(topic, payload, qos) for topic in topics for payload in PAYLOADS for qos in (0, 1, 2)]
    with Witness(port) as paho:
        messages = [paho.client.publish(topic, payload, qos) for topic, payload, qos in sent]
        paho.wait(lambda: all(message.is_published() for message in messages))
    heard, unreleased = [], set()
    while len(heard) < len(sent) or unreleased:
        packet = client.next()
        if isinstance(packet, PublishPacket):
            heard.append((packet.topic, packet.payload, packet.qos))
            if packet.qos == 1:
                client.send(PubAckPacket(packet.packet_id))
            elif packet.qos == 2:
                client.send(PubRecPacket(packet.packet_id))
                unreleased.add(packet.packet_id)
        else:
            assert isinstance(packet, PubRelPacket)
            unreleased.remove(packet.packet_id)
            client.send(PubCompPacket(packet.packet_id))
    assert sorted(heard) == sorted(sent)
    reasons = (ReasonCode.SUCCESS, ReasonCode.SUCCESS) if protocol == V5 else ()
    assert client.ask(UnsubscribePacket(2, filters)) == UnsubAckPacket(2, reasons)


@pytest.mark.parametrize("protocol", Protocol)
def test_a_message_at_qos_2_takes_its_four_steps(port: int, join: Join, protocol: Protocol) -> None:
    with Witness(port) as witness:
        client = join(protocol, "exact")
        assert client.ask(PublishPacket("q", b"2", 2, False, 9)) == PubRecPacket(9)
        assert client.ask(PublishPacket("q", b"2", 2, False, 9, dup=True)) == PubRecPacket(9)
        assert client.ask(PubRelPacket(9)) == PubCompPacket(9)
        witness.wait(lambda: bool(witness.messages))
        assert witness.messages == [("q", b"2", 2, False)]


@pytest.mark.parametrize("protocol", Protocol)
def test_a_will_is_published_when_the_socket_breaks(port: int, join: Join, protocol: Protocol) -> None:
    with Witness(port) as witness:
        client = join(protocol, "mortal", will=Will("wills/mortal", b"gone", 1, True))
        client.socket.close()
        witness.wait(lambda: bool(witness.messages))
        assert witness.messages == [("wills/mortal", b"gone", 1, True)]


def test_a_session_outlives_its_connection(join: Join, port: int) -> None:
    for protocol in Protocol:
        expiry = Properties(session_expiry_interval=60) if protocol == V5 else Properties()
        client_id = f"lasting-{protocol}"
        client = join(protocol, client_id, clean=False, properties=expiry)
        client.ask(SubscribePacket(1, (Subscription("t", 1),)))
        client.send(DisconnectPacket())
        assert client.socket.recv(1) == b""
        with BareClient(port, protocol) as again:
            answer = again.ask(ConnectPacket(client_id, 60, clean=False, properties=expiry))
            assert isinstance(answer, ConnAckPacket)
            assert answer.session_present


def test_properties_pass_through_the_broker(join: Join) -> None:
    client = join(V5, "proper", properties=Properties(receive_maximum=5, topic_alias_maximum=10))
    wanted = Properties(subscription_identifiers=(7,))
    assert client.ask(SubscribePacket(1, (Subscription("p", 0),), wanted)) == SubAckPacket(
        1, (ReasonCode.GRANTED_QOS_0,)
    )
    properties = Properties(
        payload_format_indicator=True,
        content_type="text/plain",
        response_topic="r",
        correlation_data=b"\0\1",
        user_properties=(("a", "b"), ("a", "c")),
    )
    message = PublishPacket("p", "grün".encode(), properties=properties)
    heard = client.ask(message)
    assert isinstance(heard, PublishPacket)
    assert heard.payload == message.payload
    for name in ("payload_format_indicator", "content_type", "response_topic", "correlation_data"):
        assert getattr(heard.properties, name) == getattr(properties, name)
    assert heard.properties.user_properties == properties.user_properties
    assert heard.properties.subscription_identifiers == (7,)


def test_the_broker_says_in_mqtt_5_that_nobody_listened(join: Join) -> None:
    client = join(V5, "unheard")
    answer = client.ask(PublishPacket("nobody/listens", b"", 1, False, 1))
    assert answer == PubAckPacket(1, ReasonCode.NO_MATCHING_SUBSCRIBERS)


def test_the_broker_says_in_mqtt_5_why_it_ends_a_session(join: Join) -> None:
    client = join(V5, "presumptuous")
    unknown_alias = PublishPacket("", b"", properties=Properties(topic_alias=65_535))
    assert client.ask(unknown_alias) == DisconnectPacket(ReasonCode.TOPIC_ALIAS_INVALID)
