"""Every broker by every transport, version, QoS and link: what the devices sent is what a witness heard.

What a broker cannot do stands in `CANNOT`, and is shown to be so by a test of its own.
"""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import product

import pytest
from matrix_brokers import START, Name, Served
from mqtt_fakes import GOOD_END, connect
from provisioned import DEVICES, FLEET, topic
from watched import Watched
from witness import Witness

from simulator.broker.credentials import Listener
from simulator.core.actions import Publish
from simulator.core.endpoint import Protocol
from simulator.mqtt import DeliveryOptions, Transport
from simulator.mqtt.codec import ConnectPacket, PublishPacket, encode

MESSAGES = 200

WEBSOCKETS = (Listener.WS, Listener.WSS)

Serve = Callable[[Name], Served]


@dataclass(frozen=True)
class Limit:
    """What a broker cannot do, and why it is not asked to."""

    broker: Name
    reason: str
    ways: tuple[Listener, ...] = tuple(Listener)
    protocols: tuple[Protocol, ...] = tuple(Protocol)
    qos: tuple[int, ...] = (0, 1, 2)

    def covers(self, broker: Name, way: Listener, protocol: Protocol, qos: int) -> bool:
        return broker is self.broker and way in self.ways and protocol in self.protocols and qos in self.qos


CANNOT = {
    "embedded mtls": Limit(
        Name.EMBEDDED, "rumqttd, as iotcore builds it, asks nobody for a certificate", ways=(Listener.MTLS,)
    ),
    "embedded websocket 5": Limit(
        Name.EMBEDDED, "rumqttd speaks MQTT 3.1.1 alone in WebSocket", WEBSOCKETS, (Protocol.MQTT_5,)
    ),
    "rabbitmq 5": Limit(
        Name.RABBITMQ, "RabbitMQ 3.10 knows no MQTT 5; 3.13 does", protocols=(Protocol.MQTT_5,)
    ),
    "rabbitmq qos 2": Limit(Name.RABBITMQ, "RabbitMQ takes a message at QoS 2 as one at QoS 1", qos=(2,)),
}

Case = tuple[Name, Listener, Protocol, int]

ALL: list[Case] = list(product(Name, Listener, Protocol, (0, 1, 2)))
CAN = [case for case in ALL if not any(limit.covers(*case) for limit in CANNOT.values())]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Start a broker, if it does not run yet; all end with these tests."""
    running: dict[Name, Served] = {}
    with ExitStack() as stack:

        def start(name: Name) -> Served:
            if name not in running:
                running[name] = stack.enter_context(START[name](tmp_path_factory.mktemp(name)))
            return running[name]

        yield start


@pytest.mark.parametrize("transport", [Transport.FAST, Transport.PAHO])
@pytest.mark.parametrize(
    ("name", "way", "protocol", "qos"), CAN, ids=lambda value: getattr(value, "name", str(value)).lower()
)
def test_counts_are_equal_at_both_ends(
    serve: Serve, name: Name, way: Listener, protocol: Protocol, qos: int, transport: Transport
) -> None:
    broker = serve(name)
    with watching(broker, protocol, qos) as witness:
        options = DeliveryOptions(transport=transport, credentials=broker.credentials(way))
        watched = Watched(broker.endpoint(way, protocol), options)
        watched.submit(*map(connect, DEVICES))
        watched.submit(*(message(number, qos) for number in range(MESSAGES)))
        watched.delivery.finish(20.0)
        heard = witness.wait_for(MESSAGES)
    assert watched.counts() == {GOOD_END[qos]: MESSAGES}
    assert Counter(payload.decode() for payload in heard) == Counter(watched.outcomes.keys())
    assert watched.delivery.connections.reached == len(DEVICES)
    assert watched.delivery.connections.lost == 0


def test_the_matrix_is_whole_but_for_what_is_listed() -> None:
    gaps = {name: [case for case in ALL if limit.covers(*case)] for name, limit in CANNOT.items()}
    for name, limit in CANNOT.items():
        print(f"{limit.broker}: {limit.reason} ({len(gaps[name])} of {len(ALL)} cases)")
    assert all(gaps.values())
    assert len(CAN) + len({case for cases in gaps.values() for case in cases}) == len(ALL) == 90
    assert Counter(case[0] for case in CAN) == {Name.EMBEDDED: 18, Name.MOSQUITTO: 30, Name.RABBITMQ: 10}


def test_a_provisioned_websocket_is_on_loopback_alone(serve: Serve) -> None:
    broker = serve(Name.MOSQUITTO)
    for way in WEBSOCKETS:
        with pytest.raises(ConnectionRefusedError), socket.socket() as wire:
            wire.connect(
                ("127.0.0.2", broker.ports[way, Protocol.MQTT_5])
            )  # where all addresses would answer


# What is listed is so


def test_the_embedded_broker_asks_nobody_for_a_certificate(serve: Serve) -> None:
    broker = serve(Name.EMBEDDED)
    endpoint = broker.endpoint(Listener.MTLS, Protocol.MQTT_311)
    context = ssl.create_default_context(cafile=broker.credentials(Listener.TLS).authority)
    with (
        closing(socket.create_connection((endpoint.address, endpoint.port), timeout=10.0)) as wire,
        closing(context.wrap_socket(wire, server_hostname=endpoint.host)) as anybody,
    ):
        anybody.sendall(encode(ConnectPacket("anybody", 60, clean=True), Protocol.MQTT_311))
        assert anybody.recv(4) == b"\x20\x02\x00\x00"


@pytest.mark.parametrize("name", [Name.EMBEDDED, Name.RABBITMQ])
def test_no_mqtt_5_where_it_is_not_known(serve: Serve, name: Name) -> None:
    broker = serve(name)
    way = Listener.WS  # RabbitMQ knows it nowhere, the embedded broker not in a WebSocket
    options = DeliveryOptions(credentials=broker.credentials(way), backoff_first=60.0)
    watched = Watched(broker.endpoint(way, Protocol.MQTT_5), options)
    watched.submit(connect(DEVICES[0]))
    watched.until(lambda: watched.delivery.settled)
    assert watched.delivery.connections.reached == 0
    watched.delivery.abort()


def test_rabbitmq_takes_a_message_at_qos_2_as_one_at_qos_1(serve: Serve) -> None:
    broker = serve(Name.RABBITMQ)
    endpoint = broker.endpoint(Listener.TCP, Protocol.MQTT_311)
    login = broker.credentials(Listener.TCP).login(DEVICES[0])
    assert login.password is not None
    hello = ConnectPacket(
        DEVICES[0], 60, clean=True, username=login.username, password=login.password.encode()
    )
    publish = PublishPacket(topic(FLEET[0], "steps"), b"{}", qos=2, packet_id=7)
    with closing(socket.create_connection((endpoint.address, endpoint.port), timeout=10.0)) as wire:
        wire.sendall(encode(hello, Protocol.MQTT_311))
        assert wire.recv(4) == b"\x20\x02\x00\x00"
        wire.sendall(encode(publish, Protocol.MQTT_311))
        assert wire.recv(4) == b"\x40\x02\x00\x07"  # PUBACK; PUBREC would be 0x50


def watching(broker: Served, protocol: Protocol, qos: int) -> Witness:
    """Return a witness with all rights, over TCP."""
    witness = Witness(broker.endpoint(Listener.TCP, protocol), "fleet/#", qos, "fleetsim-witness")
    witness.client.username_pw_set(*broker.witness_login())
    return witness


def message(number: int, qos: int) -> Publish:
    identity = FLEET[number % len(FLEET)]
    payload = f"m{number}".encode()
    return Publish(
        0.0, identity.device, f"m{number}", identity.kind, "steps", topic(identity, "steps"), payload, qos
    )
