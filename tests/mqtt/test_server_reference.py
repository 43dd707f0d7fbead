"""A broker that sends its clients elsewhere (MQTT 5.0, section 4.11) is refused that, on loopback alone."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from mqtt_fakes import connect, message
from watched import Watched

from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.records import Outcome
from simulator.mqtt import SessionState
from simulator.mqtt.codec import ReasonCode
from simulator.mqtt.reasons import reason_name

Deliver = Callable[..., Watched]

CONNACK = 0x20
DISCONNECT = 0xE0
SERVER_REFERENCE = 0x1C


def listener() -> socket.socket:
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    return server


def nobody_called(server: socket.socket) -> bool:
    try:
        server.accept()
    except BlockingIOError:
        return True
    return False


@pytest.fixture
def broker() -> Iterator[socket.socket]:
    with closing(listener()) as server:
        yield server


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    """Where the broker points to."""
    with closing(listener()) as server:
        yield server


def referring(kind: int, code: int, elsewhere: socket.socket) -> bytes:
    """Return a CONNACK or DISCONNECT with a server reference."""
    place = "127.0.0.1:{1}".format(*elsewhere.getsockname()).encode()
    properties = bytes((SERVER_REFERENCE,)) + len(place).to_bytes(2, "big") + place
    flags = b"\0" if kind == CONNACK else b""
    body = flags + bytes((code, len(properties))) + properties
    return bytes((kind, len(body))) + body


def take_a_call(server: socket.socket, watched: Watched) -> socket.socket:
    """Accept the delivery's connection and read its CONNECT."""
    calls: list[socket.socket] = []

    def called() -> bool:
        try:
            calls.append(server.accept()[0])
        except BlockingIOError:
            return False
        return True

    watched.until(called)
    calls[0].setblocking(False)

    def asked() -> bool:
        try:
            return bool(calls[0].recv(4096))
        except BlockingIOError:
            return False

    watched.until(asked)
    return calls[0]


@pytest.mark.parametrize("code", [ReasonCode.USE_ANOTHER_SERVER, ReasonCode.SERVER_MOVED])
@pytest.mark.parametrize("when", ["at the CONNECT", "later"])
def test_a_server_reference_is_a_refusal_and_is_not_followed(
    broker: socket.socket, elsewhere: socket.socket, deliver: Deliver, code: ReasonCode, when: str
) -> None:
    endpoint = Endpoint("localhost", "127.0.0.1", broker.getsockname()[1], Protocol.MQTT_5)
    watched = deliver(endpoint, backoff_first=0.001, backoff_cap=0.001)
    watched.submit(connect(), message(1))
    with take_a_call(broker, watched) as call:
        if when == "later":
            call.send(bytes((CONNACK, 3, 0, 0, 0)))
            watched.until(lambda: watched.delivery.connections.now_connected == 1)
        call.send(referring(CONNACK if when == "at the CONNECT" else DISCONNECT, code, elsewhere))
        watched.until(lambda: watched.delivery.connections.refused == 1)
    for _ in range(20):
        watched.delivery.poll(0.001)  # time enough for a reconnect
    assert nobody_called(elsewhere)
    assert nobody_called(broker)
    [report] = watched.delivery.sessions()
    assert report.state is SessionState.REFUSED
    assert report.reason == reason_name(code)
    [ended] = watched.outcomes.values()
    assert ended.reason == report.reason
    assert ended.outcome is (Outcome.LOST if when == "later" else Outcome.DROPPED)
    counts = watched.delivery.connections
    assert (counts.reached, counts.reconnected) == (int(when == "later"), 0)
