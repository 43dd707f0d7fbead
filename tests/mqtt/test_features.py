"""MQTT 5 features on the wire: what a link writes, and what a real Mosquitto makes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mqtt_fakes import FakeLoop, connect, message, said
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from test_links import CONNACK, Notes
from watched import Watched
from witness import PATIENCE

from simulator.broker import LocalMosquitto
from simulator.core.actions import Connect, Disconnect, Drop, Publish, Will
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.refusals import Refused
from simulator.core.transport import Transport
from simulator.mqtt import DeliveryOptions, Features
from simulator.mqtt.codec import ReasonCode
from simulator.mqtt.link import Greeting, Hello, Link
from simulator.mqtt.transports import link_factory

PROPERTIES = (("site", "lab"), ("build", "7"))
TRANSPORTS = pytest.mark.parametrize("transport", [Transport.FAST, Transport.PAHO])


def opened(
    transport: Transport, features: Features, protocol: Protocol = Protocol.MQTT_5, aliases: int = 0
) -> Link:
    link = link_factory(transport, protocol)(Hello("d", 60, True, features=features), Notes())
    greet(link, protocol, aliases)
    return link


def greet(link: Link, protocol: Protocol = Protocol.MQTT_5, aliases: int = 0) -> None:
    """Let a connection begin, with a broker that takes so many topic aliases."""
    link.connect()
    if aliases:
        link.receive(b"\x20\x06\x00\x00\x03\x22" + aliases.to_bytes(2, "big"))
    else:
        link.receive(CONNACK[protocol])
    link.outgoing.clear()


def published(link: Link, topic: str = "a/b", payload: bytes = b"{}") -> bytes:
    link.publish(7, topic, payload, 1, False, False)
    frame = bytes(link.outgoing)
    link.outgoing.clear()
    return frame


# On the wire


@TRANSPORTS
def test_every_message_carries_its_expiry_and_the_user_properties(transport: Transport) -> None:
    link = opened(transport, Features(user_properties=(("k", "v"),), message_expiry=90))
    properties = b"\x02\x00\x00\x00\x5a" + b"\x26\x00\x01k\x00\x01v"
    expected = b"\x00\x03a/b\x00\x07" + bytes([len(properties)]) + properties + b"{}"
    assert published(link) == b"\x32" + bytes([len(expected)]) + expected


@TRANSPORTS
def test_a_3_1_1_broker_never_gets_a_property(transport: Transport) -> None:
    everything = Features(PROPERTIES, 60, 60, 60, True)
    plain = opened(transport, Features(), Protocol.MQTT_311)
    link = opened(transport, everything, Protocol.MQTT_311)
    assert published(link) == published(plain)
    link.disconnect()
    assert link.outgoing == b"\xe0\x00"


@TRANSPORTS
def test_a_topic_is_sent_once_a_connection_and_then_its_number_up_to_the_brokers_maximum(
    transport: Transport,
) -> None:
    link = opened(transport, Features(topic_alias=True), aliases=1)
    named, numbered = published(link), published(link)
    assert named == b"\x32\x0d\x00\x03a/b\x00\x07\x03\x23\x00\x01{}"
    assert numbered == b"\x32\x0a\x00\x00\x00\x07\x03\x23\x00\x01{}"
    other = published(link, "c")
    assert other == published(link, "c") == b"\x32\x08\x00\x01c\x00\x07\x00{}"
    greet(link, aliases=1)
    assert published(link) == named
    greet(link)  # another connection, on which the broker takes none
    assert published(link) == published(link) == b"\x32\x0a\x00\x03a/b\x00\x07\x00{}"


@TRANSPORTS
def test_a_session_that_outlives_its_connection_ends_with_its_disconnect_if_it_began_clean(
    transport: Transport,
) -> None:
    for clean, farewell in ((True, b"\xe0\x07\x00\x05\x11\x00\x00\x00\x00"), (False, b"\xe0\x00")):
        hello = Hello("d", 60, clean, session_expiry=60)
        link = link_factory(transport, Protocol.MQTT_5)(hello, Notes())
        link.connect()
        assert b"\x0a\x11\x00\x00\x00\x3c\x27" in link.outgoing
        link.receive(CONNACK[Protocol.MQTT_5])
        link.outgoing.clear()
        link.disconnect()
        assert link.outgoing == farewell


@TRANSPORTS
def test_a_will_carries_its_delay_and_the_properties_of_a_message(transport: Transport) -> None:
    features = Features(user_properties=(("k", "v"),), message_expiry=90, will_delay=5)
    hello = Hello("d", 60, True, Will("w", b"gone"), features=features)
    link = link_factory(transport, Protocol.MQTT_5)(hello, Notes())
    link.connect()
    properties = (b"\x02\x00\x00\x00\x5a", b"\x18\x00\x00\x00\x05", b"\x26\x00\x01k\x00\x01v")
    assert all(each in link.outgoing for each in properties)
    assert bytes([sum(map(len, properties))]) + b"\x02" in link.outgoing or transport is Transport.PAHO


# In a session


def test_the_brokers_keep_alive_replaces_ours_for_that_connection_only() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect(keep_alive=60))
    loop.arrive(session, Greeting(0, keep_alive=10))
    loop.pass_time(10.0)
    assert said(session).said[-1] == "PINGREQ"
    loop.lose(session)
    loop.pass_time(loop.options.backoff_cap)
    loop.arrive(session)
    loop.pass_time(20.0)
    assert said(session).said[-1] == "CONNECT"
    loop.pass_time(40.0)
    assert said(session).said[-1] == "PINGREQ"


def test_refusals_are_counted_by_what_was_refused_and_why() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    loop.arrive(session, Greeting(ReasonCode.SERVER_BUSY))
    loop.pass_time(loop.options.backoff_cap)
    loop.arrive(session)
    session.publish(message(1), 0.0)
    loop.take(session)
    session.acknowledged(1, ReasonCode.NOT_AUTHORIZED)
    session.subscribed(9, ReasonCode.TOPIC_FILTER_INVALID)
    session.dismissed("session taken over", ReasonCode.SESSION_TAKEN_OVER)
    assert dict(loop.tally.refusals) == {
        (Refused.CONNECTIONS, "server busy (0x89)", 0x89): 1,
        (Refused.MESSAGES, "not authorized (0x87)", 0x87): 1,
        (Refused.SUBSCRIPTIONS, "topic filter invalid (0x8f)", 0x8F): 1,
        (Refused.DISCONNECTS, "session taken over", 0x8E): 1,
    }
    assert loop.outcome("m1").reason == "not authorized (0x87)"


# On a real broker


class Listener5:
    """Paho's own MQTT 5 client, which sees the properties of what the broker brings."""

    def __init__(self, endpoint: Endpoint, *filters: str) -> None:
        self.messages: list[MQTTMessage] = []
        self._filters = filters
        self._changed = threading.Condition()
        self._ready = False
        self._client = Client(CallbackAPIVersion.VERSION2, "listener", protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe([(each, 2) for each in self._filters])
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.connect(endpoint.address, endpoint.port)
        self._client.loop_start()
        self.wait(lambda: self._ready)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), "waited in vain"

    def wait_for(self, count: int) -> list[MQTTMessage]:
        self.wait(lambda: len(self.messages) >= count)
        return list(self.messages)

    def _on_subscribe(self, *_: Any) -> None:
        with self._changed:
            self._ready = True
            self._changed.notify_all()

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()


@pytest.fixture
def broker() -> Iterator[LocalMosquitto]:
    with LocalMosquitto() as started:
        yield started


@pytest.fixture
def listen(broker: LocalMosquitto) -> Iterator[Callable[..., Listener5]]:
    made: list[Listener5] = []

    def make(*filters: str) -> Listener5:
        made.append(Listener5(broker.endpoint(Protocol.MQTT_5), *filters))
        return made[-1]

    yield make
    for each in made:
        each.close()


def report(number: int, qos: int, topic: str) -> Publish:
    return Publish(0.0, "d", f"m{number}", "wearable", "steps", topic, b"%d" % number, qos)


def test_a_subscriber_of_mosquitto_sees_properties_and_whole_topics(
    broker: LocalMosquitto, listen: Callable[..., Listener5], deliver: Callable[..., Watched]
) -> None:
    listener = listen("t/#")
    features = Features(user_properties=PROPERTIES, message_expiry=120, topic_alias=True)
    watched = deliver(broker.endpoint(Protocol.MQTT_5), features=features)
    watched.submit(Connect(0.0, "d", 60, True))
    # More topics than Mosquitto takes aliases (10), each twice, over a connection that breaks in between.
    topics = [f"t/{number % 15}" for number in range(30)]
    watched.submit(*(report(number, number % 3, topic) for number, topic in enumerate(topics)))
    watched.until(lambda: len(watched.outcomes) == 30)
    watched.break_connections()
    watched.until(lambda: watched.delivery.connections.reconnected == 1)
    watched.submit(*(report(30 + number, 1, topic) for number, topic in enumerate(topics)))
    watched.delivery.finish(PATIENCE)
    heard = {int(each.payload): each for each in listener.wait_for(60)}
    assert {number: each.topic for number, each in heard.items()} == dict(enumerate(topics * 2))
    for each in heard.values():
        assert each.properties is not None
        assert tuple(each.properties.UserProperty) == PROPERTIES
        assert 0 < each.properties.MessageExpiryInterval <= 120


def test_a_will_waits_for_its_delay_and_is_not_sent_if_the_session_is_back(
    broker: LocalMosquitto, listen: Callable[..., Listener5], deliver: Callable[..., Watched]
) -> None:
    listener = listen("will/#")
    features = Features(user_properties=PROPERTIES, session_expiry=60, will_delay=1)
    watched = deliver(broker.endpoint(Protocol.MQTT_5), features=features, backoff_first=0.01)
    back, gone = (Connect(0.0, each, 60, False, Will(f"will/{each}", b"gone")) for each in ("back", "gone"))
    watched.submit(back, gone)
    watched.until(lambda: watched.delivery.connections.now_connected == 2)
    watched.break_connections()
    watched.until(lambda: watched.delivery.connections.reconnected == 2)
    watched.submit(Drop(0.0, "gone"))
    [will] = listener.wait_for(1)
    assert (will.topic, will.payload) == ("will/gone", b"gone")
    assert will.properties is not None
    assert tuple(will.properties.UserProperty) == PROPERTIES


@pytest.mark.parametrize(("orderly", "kept"), [(True, False), (False, True)])
def test_a_clean_session_with_an_expiry_outlives_a_break_but_not_a_disconnect(
    orderly: bool, kept: bool, broker: LocalMosquitto, deliver: Callable[..., Watched]
) -> None:
    endpoint = broker.endpoint(Protocol.MQTT_5)
    watched = deliver(endpoint, features=Features(session_expiry=60))
    watched.submit(Connect(0.0, "d", 60, True))
    watched.until(lambda: watched.delivery.connections.now_connected == 1)
    watched.submit(Disconnect(0.0, "d") if orderly else Drop(0.0, "d"))
    watched.until(lambda: watched.delivery.connections.now_connected == 0)
    present: list[bool] = []
    later = Client(CallbackAPIVersion.VERSION2, "d", protocol=MQTTProtocolVersion.MQTTv5)
    later.on_connect = lambda _client, _userdata, flags, *_: present.append(flags.session_present)
    later.connect(endpoint.address, endpoint.port, clean_start=False)
    while not present:
        later.loop(0.1)
    later.disconnect()
    assert present == [kept]


def test_features_are_options_of_a_delivery_and_none_by_default() -> None:
    assert DeliveryOptions().features == Features()


def test_mosquittos_own_keep_alive_replaces_the_one_asked_for(deliver: Callable[..., Watched]) -> None:
    with LocalMosquitto(extra="max_keepalive 10\n") as broker:
        watched = deliver(broker.endpoint(Protocol.MQTT_5))
        watched.submit(Connect(0.0, "d", 60, True))
        watched.until(lambda: watched.delivery.connections.now_connected == 1)
        assert watched.delivery._sessions["d"]._keep_alive.seconds == 10
        watched.delivery.finish(PATIENCE)
