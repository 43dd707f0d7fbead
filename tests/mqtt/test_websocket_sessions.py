"""Sessions in WebSockets: what the network and a broker can do to them there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from mqtt_fakes import connect, drop, message, subscribe
from watched import Watched
from witness import Witness

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import Listener
from simulator.broker.ports import LOOPBACK, free_port
from simulator.core.actions import Connect, Freeze, Publish, Thaw, Will
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.records import Outcome
from simulator.mqtt import SessionState

Deliver = Callable[..., Watched]
BOTH = pytest.mark.parametrize("protocol", list(Protocol))

DEVICES = tuple(f"d{number}" for number in range(5))


@pytest.fixture(scope="module")
def broker() -> Iterator[tuple[LocalMosquitto, int]]:
    """Mosquitto with a WebSocket listener, and the port of that."""
    port = free_port()
    extra = f"listener {port} {LOOPBACK}\nprotocol websockets\nsocket_domain ipv4"
    mosquitto = LocalMosquitto(extra=extra)
    mosquitto.ports[Listener.WS] = port  # so that it waits for this one too
    with mosquitto:
        yield mosquitto, port


def websocket(broker: tuple[LocalMosquitto, int], protocol: Protocol = Protocol.MQTT_5) -> Endpoint:
    return Endpoint("localhost", LOOPBACK, broker[1], protocol, websocket="/mqtt")


@BOTH
def test_devices_that_are_cut_off_come_back_with_their_messages(
    broker: tuple[LocalMosquitto, int], deliver: Deliver, protocol: Protocol
) -> None:
    with Witness(broker[0].endpoint(protocol), "fleet/#", 1) as witness:
        watched = deliver(websocket(broker, protocol), backoff_first=0.05)
        watched.submit(*map(connect, DEVICES))
        watched.until(lambda: watched.delivery.settled)
        watched.submit(*(unique(number) for number in range(500)))
        watched.delivery.poll(0)
        watched.break_connections()
        watched.until(lambda: watched.delivery.connections.reconnected == len(DEVICES))
        watched.delivery.finish(20.0)
        witness.wait(lambda: len(set(witness.payloads)) == 500)  # some of them twice, as QoS 1 may
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 500}
    assert {payload.decode() for payload in witness.payloads} == watched.outcomes.keys()


def test_a_payload_of_many_frames_arrives_whole_and_a_smaller_one_comes_back(
    broker: tuple[LocalMosquitto, int], deliver: Deliver
) -> None:
    large = bytes(range(256)) * 4_000
    small = large[:10_000]  # Mosquitto sends no more than 4 kB in a tenth of a second here
    with Witness(broker[0].endpoint(Protocol.MQTT_5), "fleet/#", 1) as witness:
        watched = deliver(websocket(broker))
        watched.submit(connect(), message(1, payload=large))
        watched.until(lambda: "m1" in watched.outcomes)
        watched.submit(subscribe("fleet/d"), message(2, payload=small))
        watched.until(lambda: bool(watched.heard))
        assert witness.wait_for(2) == [large, small]
    assert watched.heard == [("d", "fleet/d", small)]
    watched.delivery.finish(5.0)
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 2}


def test_a_device_that_drops_its_websocket_leaves_its_will(
    broker: tuple[LocalMosquitto, int], deliver: Deliver
) -> None:
    with Witness(broker[0].endpoint(Protocol.MQTT_5), "wills/#") as witness:
        watched = deliver(websocket(broker))
        watched.submit(Connect(0.0, "d", 60, True, Will("wills/d", b"gone", 1)))
        watched.until(lambda: watched.delivery.settled)
        watched.submit(drop("d"))
        assert witness.wait_for(1) == [b"gone"]


def test_a_frozen_websocket_thaws_with_what_was_sent_meanwhile(
    broker: tuple[LocalMosquitto, int], deliver: Deliver
) -> None:
    watched = deliver(websocket(broker))
    watched.submit(connect())
    watched.until(lambda: bool(watched.delivery.connections.now_connected))
    watched.submit(Freeze(0.0, "d"), message(1))
    for _ in range(5):
        watched.delivery.poll(0)
    assert watched.outcomes == {}
    watched.submit(Thaw(0.0, "d"))
    watched.until(lambda: "m1" in watched.outcomes)
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 1}


def test_a_broker_that_speaks_no_http_is_none_for_websockets(
    broker: tuple[LocalMosquitto, int], deliver: Deliver
) -> None:
    endpoint = replace(broker[0].endpoint(Protocol.MQTT_5), websocket="/mqtt")
    watched = deliver(endpoint, backoff_first=60.0)
    watched.submit(connect())
    watched.until(lambda: watched.delivery.settled)
    [report] = watched.delivery.sessions()
    assert report.state is SessionState.BACKING_OFF
    assert watched.delivery.connections.reached == 0


def test_a_redirect_is_a_refusal_and_never_followed(deliver: Deliver) -> None:
    with closing(socket.create_server((LOOPBACK, 0))) as elsewhere, closing(Redirecting(elsewhere)) as server:
        watched = deliver(Endpoint("localhost", LOOPBACK, server.port, Protocol.MQTT_5, websocket="/mqtt"))
        watched.submit(connect(), message(1))
        watched.until(lambda: watched.delivery.settled)
        [report] = watched.delivery.sessions()
        assert report.state is SessionState.REFUSED
        assert report.reason == "the broker refused the WebSocket: HTTP 307"
        assert watched.counts() == {Outcome.DROPPED: 1}
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


class Redirecting:
    """A server that sends the one who asks it somewhere else."""

    def __init__(self, elsewhere: socket.socket) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        place = f"ws://{LOOPBACK}:{elsewhere.getsockname()[1]}/mqtt"
        self._answer = f"HTTP/1.1 307 There\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        wire, _ = self._listener.accept()
        with closing(wire):
            while b"\r\n\r\n" not in wire.recv(4096):
                pass
            wire.sendall(self._answer)

    def close(self) -> None:
        self._thread.join()
        self._listener.close()


def unique(number: int) -> Publish:
    device = DEVICES[number % len(DEVICES)]
    return message(number, device=device, payload=f"m{number}".encode())
