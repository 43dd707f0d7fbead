"""A broker that answers a WebSocket's handshake, or goes on after it, with anything: bytes or an OSError."""

from __future__ import annotations

import base64
import hashlib
import tracemalloc
from contextlib import suppress
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutation import mutated

from simulator.core.endpoint import Endpoint, Protocol
from simulator.mqtt.websocket import WebSocket

ENDPOINT = Endpoint("localhost", "127.0.0.1", 1, Protocol.MQTT_5, websocket="/mqtt")
FRAMES = b"\x82\x02\xd0\x00" + b"\x89\x01x" + b"\x02\x01\xd0" + b"\x80\x01\x00" + b"\x88\x02\x03\xe8"


class Wire:
    """A socket on whose other side a test speaks; it takes everything."""

    def __init__(self) -> None:
        self.sent = b""
        self.coming: list[bytes] = []

    def send(self, data: bytes) -> int:
        self.sent += data
        return len(data)

    def recv(self, size: int) -> bytes:
        if not self.coming:
            raise BlockingIOError
        data = self.coming.pop(0)
        if data[size:]:
            self.coming.insert(0, data[size:])
        return data[:size]

    def says(self, data: bytes, cut: int = 0) -> None:
        self.coming += [piece for piece in (data[:cut], data[cut:]) if piece]


def begun() -> tuple[WebSocket, Wire]:
    wire = Wire()
    return WebSocket(cast("Any", wire), ENDPOINT), wire


def answer(wire: Wire) -> bytes:
    """Return the answer of a good broker to the request that was sent."""
    [key] = [line[18:].strip() for line in wire.sent.splitlines() if line.startswith(b"Sec-WebSocket-Key")]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
    )


def go_on(websocket: WebSocket) -> bool:
    """Shake hands as far as it goes; return whether the WebSocket stands."""
    try:
        websocket.do_handshake()
    except OSError:
        return False
    return True


def opened() -> tuple[WebSocket, Wire]:
    websocket, wire = begun()
    assert not go_on(websocket)
    wire.says(answer(wire))
    assert go_on(websocket)
    return websocket, wire


def read_all(websocket: WebSocket, wire: Wire) -> None:
    """Read until an end or an error, and then once more, as a loop that had not heard of it yet would."""
    for _ in range(2):
        try:
            while wire.coming and websocket.recv(64 * 1024):
                pass
        except BlockingIOError:
            continue
        except OSError:
            pass


@given(data=st.data(), cut=st.integers(0, 200))
def test_a_handshake_is_one_or_an_oserror(data: st.DataObject, cut: int) -> None:
    websocket, wire = begun()
    go_on(websocket)
    wire.says(data.draw(mutated(answer(wire)) | st.binary(max_size=100)), cut)
    while wire.coming:
        if go_on(websocket):
            read_all(websocket, wire)
            return


@given(said=mutated(FRAMES) | st.binary(max_size=100), cut=st.integers(0, 20))
def test_frames_are_bytes_or_an_oserror(said: bytes, cut: int) -> None:
    websocket, wire = opened()
    wire.says(said, cut)
    read_all(websocket, wire)
    with suppress(OSError):
        websocket.send(bytearray(b"\xc0\x00"))


@settings(max_examples=20)
@given(opcode=st.sampled_from([0x82, 0x02, 0x89, 0x81, 0x88]))
def test_a_frame_takes_the_memory_of_what_came_and_not_of_what_was_announced(opcode: int) -> None:
    websocket, wire = opened()
    tracemalloc.start()
    try:
        wire.says(bytes((opcode, 127)) + (1 << 40).to_bytes(8, "big"))
        read_all(websocket, wire)
        for _ in range(50):
            wire.says(bytes(1_000))
            read_all(websocket, wire)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_headers_without_end_are_given_up() -> None:
    websocket, wire = begun()
    go_on(websocket)
    wire.says(b"HTTP/1.1 101 Switching Protocols\r\nX: " + b"x" * 10_000_000)
    with pytest.raises(ConnectionError):
        websocket.do_handshake()
    assert sum(map(len, wire.coming)) > 9_000_000
