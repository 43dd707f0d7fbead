"""Proof of control at brokers that refuse a publish in other ways than Mosquitto does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import TargetRefusedError
from simulator.mqtt import DeliveryOptions
from simulator.proof import ProofOptions, prove_control

CONNACK = b"\x20\x02\x00\x00"


def read_packet(wire: socket.socket) -> tuple[int, bytes]:
    """Return the first byte and the body of the next packet, of less than 16 kB."""
    first, low = _exactly(wire, 2)
    length = low if low < 128 else low & 127 | _exactly(wire, 1)[0] << 7
    return first, _exactly(wire, length)


def _exactly(wire: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = wire.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def publish(topic: bytes, payload: bytes) -> bytes:
    body = len(topic).to_bytes(2, "big") + topic + payload
    return bytes((0x30, len(body))) + body


class OddBroker:
    """A broker for one MQTT 3.1.1 device, in a thread; a test says what it does with a publish."""

    def __init__(self, on_publish: Callable[[OddBroker, bytes, bytes], None]) -> None:
        self._on_publish = on_publish
        self._server = socket.create_server(("127.0.0.1", 0))
        self.endpoint = Endpoint(
            "127.0.0.1",
            "127.0.0.1",
            self._server.getsockname()[1],
            Protocol.MQTT_311,
            pinned=("127.0.0.1",),
            cleared=frozenset({"192.0.2.1"}),  # passes for one beyond this machine
        )
        self.wire: socket.socket | None = None
        self.calls = 0
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                self.wire, _ = self._server.accept()
                with suppress(ConnectionError):
                    self._talk(self.wire)
                self.wire.close()

    def _talk(self, wire: socket.socket) -> None:
        while True:
            first, body = read_packet(wire)
            match first & 0xF0:
                case 0x10 if body[6] == Protocol.MQTT_5:
                    return  # knows nothing of MQTT 5 and closes the connection
                case 0x10:
                    self.calls += 1
                    wire.sendall(CONNACK)
                case 0x80:
                    wire.sendall(b"\x90\x03" + body[:2] + b"\x01")
                case 0x30:
                    length = int.from_bytes(body[:2], "big")
                    self.acknowledgement = b"\x40\x02" + body[2 + length : 4 + length]
                    self._on_publish(self, body[2 : 2 + length], body[4 + length :])
                case 0xC0:
                    wire.sendall(b"\xd0\x00")
                case 0xE0:
                    return

    def say(self, data: bytes) -> None:
        assert self.wire is not None
        self.wire.sendall(data)

    def stop(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        if self.wire is not None:
            with suppress(OSError):
                self.wire.shutdown(socket.SHUT_RDWR)
        self._thread.join()


Serve = Callable[[Callable[[OddBroker, bytes, bytes], None]], OddBroker]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[OddBroker] = []

    def start(on_publish: Callable[[OddBroker, bytes, bytes], None]) -> OddBroker:
        running.append(OddBroker(on_publish))
        return running[-1]

    yield start
    for broker in running:
        broker.stop()


def prove(broker: OddBroker, ask: Callable[[str], None], timeout: float = 20.0) -> Endpoint:
    return prove_control(broker.endpoint, "d1", DeliveryOptions(), ask, ProofOptions(timeout=timeout))


def asked_for(line: str) -> tuple[bytes, bytes] | None:
    """Return topic and nonce, if this line holds the command."""
    words = line.split()
    if "mosquitto_pub" not in words:
        return None
    return words[words.index("-t") + 1].encode(), words[words.index("-m") + 1].encode()


def test_a_broker_that_closes_the_connection_has_refused(serve: Serve) -> None:
    def close(broker: OddBroker, _topic: bytes, _payload: bytes) -> None:
        raise ConnectionError

    broker = serve(close)

    def operator(line: str) -> None:
        if wanted := asked_for(line):
            broker.say(publish(*wanted))

    assert prove(broker, operator).protocol is Protocol.MQTT_311
    assert broker.calls == 4  # three tries, and the connection that hears the operator


def test_a_broker_that_keeps_quiet_and_passes_nothing_on_has_refused(serve: Serve) -> None:
    broker = serve(lambda broker, _topic, _payload: broker.say(broker.acknowledgement))

    def operator(line: str) -> None:
        if wanted := asked_for(line):
            broker.say(publish(*wanted))

    assert prove(broker, operator).address == "127.0.0.1"


def test_what_a_device_published_counts_whenever_it_comes(serve: Serve) -> None:
    forged: list[bytes] = []

    def acknowledge(broker: OddBroker, topic: bytes, payload: bytes) -> None:
        forged.append(publish(topic, payload))
        broker.say(broker.acknowledgement)

    broker = serve(acknowledge)

    def operator(line: str) -> None:
        if wanted := asked_for(line):
            broker.say(forged[0] + publish(*wanted))

    with pytest.raises(TargetRefusedError, match="any device may publish"):
        prove(broker, operator)


def test_a_connection_that_breaks_while_waiting_is_tried_again_from_the_start(serve: Serve) -> None:
    tries: list[bytes] = []

    def acknowledge(broker: OddBroker, _topic: bytes, payload: bytes) -> None:
        tries.append(payload)
        broker.say(broker.acknowledgement)

    broker = serve(acknowledge)
    wanted: list[tuple[bytes, bytes]] = []

    def operator(line: str) -> None:
        if command := asked_for(line):
            wanted.append(command)
            assert broker.wire is not None
            broker.wire.shutdown(socket.SHUT_RDWR)
        elif "run the command again" in line:
            broker.say(publish(*wanted[0]))

    prove(broker, operator)
    assert len(tries) == 2  # the device's attempt, before and after
