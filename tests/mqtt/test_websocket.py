"""A WebSocket against the server side of the same protocol, over a pair of sockets."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    Request,
    TextMessage,
)

from simulator.core.endpoint import Endpoint, Protocol
from simulator.mqtt.websocket import UpgradeRefusedError, WebSocket

ENDPOINT = Endpoint("::1", "::1", 8083, Protocol.MQTT_5, websocket="/fleet")


class Server:
    """The broker's end of the pair."""

    def __init__(self) -> None:
        ours, self.wire = socket.socketpair()
        ours.setblocking(False)
        self.wire.setblocking(False)
        self.engine = WSConnection(ConnectionType.SERVER)
        self.client = WebSocket(ours, ENDPOINT)

    def say(self, *events: Event) -> None:
        self.wire.sendall(b"".join(self.engine.send(event) for event in events))

    def hear(self) -> list[Event]:
        with contextlib.suppress(BlockingIOError):
            while data := self.wire.recv(1 << 20):
                self.engine.receive_data(data)
        return list(self.engine.events())

    def open(self) -> None:
        with pytest.raises(ssl.SSLWantReadError):
            self.client.do_handshake()
        [self.request] = self.hear()
        self.say(AcceptConnection(subprotocol="mqtt"))
        self.client.do_handshake()

    def close(self) -> None:
        self.wire.close()
        self.client.close()


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def opened(server: Server) -> Server:
    server.open()
    return server


def test_the_request_names_host_path_and_subprotocol(opened: Server) -> None:
    request = opened.request
    assert isinstance(request, Request)
    assert (request.host, request.target, request.subprotocols) == ("[::1]:8083", "/fleet", ["mqtt"])


def test_a_host_name_that_no_request_can_hold_is_an_error_of_the_connection() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(ConnectionError, match="too long"):
        WebSocket(ours, replace(ENDPOINT, host="a" * 62))


def test_bytes_go_out_in_binary_frames(opened: Server) -> None:
    assert opened.client.send(bytearray(b"CONNECT")) == 7
    assert opened.client.send(bytearray(b"PINGREQ")) == 7
    assert [event.data for event in opened.hear() if isinstance(event, BytesMessage)] == [
        b"CONNECT",
        b"PINGREQ",
    ]


def test_what_goes_out_is_masked(opened: Server) -> None:
    opened.client.send(bytearray(b"my name is secret"))
    frame = opened.wire.recv(1024)
    assert frame[1] & 0x80
    assert b"secret" not in frame


def test_a_kernel_that_takes_no_more_gets_the_rest_later_and_nothing_twice(opened: Server) -> None:
    wanted = bytes(range(256)) * 8_192
    left, heard = bytearray(wanted), b""
    while left:
        try:
            del left[: opened.client.send(left)]
        except BlockingIOError:
            heard += b"".join(event.data for event in opened.hear() if isinstance(event, BytesMessage))
    heard += b"".join(event.data for event in opened.hear() if isinstance(event, BytesMessage))
    assert heard == wanted


@given(
    data=st.binary(max_size=300),
    cuts=st.lists(st.integers(0, 300), max_size=5),
    reads=st.integers(1, 50),
)
def test_bytes_come_in_the_same_however_frames_and_reads_cut_them(
    data: bytes, cuts: list[int], reads: int
) -> None:
    with serving() as server:
        server.open()
        bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        for number, (begin, end) in enumerate(pairwise(bounds)):
            last = number == len(bounds) - 2
            server.say(BytesMessage(data=data[begin:end], message_finished=last), Ping(payload=b"there?"))
        heard = b""
        for _ in range(2_000):
            with contextlib.suppress(BlockingIOError):
                heard += server.client.recv(reads)
        assert heard == data


def test_pings_are_answered_while_reading_and_bring_nothing(opened: Server) -> None:
    opened.say(Ping(payload=b"one"), Ping(payload=b"two"))
    with pytest.raises(BlockingIOError):
        opened.client.recv(1024)
    assert [bytes(event.payload) for event in opened.hear() if isinstance(event, Pong)] == [b"one", b"two"]


def test_a_flood_of_pings_takes_no_memory(opened: Server) -> None:
    flood = b"".join(opened.engine.send(Ping(payload=bytes(125))) for _ in range(500))
    opened.wire.setblocking(True)
    for _ in range(100):  # answers are never read, so they pile up here or are left out
        opened.wire.sendall(flood)
        with contextlib.suppress(BlockingIOError):
            while True:
                opened.client.recv(1 << 16)
    assert len(opened.client._outgoing) < 80_000


@pytest.mark.parametrize("code", [1000, 1001])
def test_a_close_in_order_comes_after_what_was_said_and_is_answered(opened: Server, code: int) -> None:
    opened.say(BytesMessage(data=b"last"), CloseConnection(code=code))
    assert opened.client.recv(1024) == b"last"
    assert opened.client.recv(1024) == b""
    assert [event.code for event in opened.hear() if isinstance(event, CloseConnection)] == [code]


def test_a_close_with_a_complaint_says_it(opened: Server) -> None:
    opened.say(CloseConnection(code=1008, reason="not you"))
    with pytest.raises(ConnectionError, match="closed with code 1008: 'not you'"):
        opened.client.recv(1024)
    with pytest.raises(ConnectionError, match="1008"):
        opened.client.send(bytearray(b"still there"))


def test_text_is_not_mqtt(opened: Server) -> None:
    opened.say(TextMessage(data="hello"))
    with pytest.raises(ConnectionError, match="the broker sent text"):
        opened.client.recv(1024)


def test_a_connection_that_ends_has_ended(opened: Server) -> None:
    opened.wire.close()
    assert opened.client.recv(1024) == b""


RESPONSES = {
    "moved": (b"HTTP/1.1 301 Moved\r\nLocation: ws://elsewhere/\r\nContent-Length: 0\r\n\r\n", "HTTP 301"),
    "forbidden": (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP 403"),
    "no such path": (b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!", "HTTP 404"),
    "early": (b"HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP 103"),
    "no HTTP": (b"\x20\x02\x00\x05", "the WebSocket failed"),
    "endless": (b"HTTP/1.1 101 X\r\n" + b"X-Filler: 1234567890\r\n" * 2_000, "the WebSocket failed"),
    "another's key": (
        b"HTTP/1.1 101 Hi\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bm8=\r\n\r\n",
        "the WebSocket failed",
    ),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_a_broker_that_opens_no_websocket_is_believed(server: Server, name: str) -> None:
    response, complaint = RESPONSES[name]
    server.wire.sendall(response)
    with pytest.raises(ConnectionError, match=complaint) as failed:
        server.client.do_handshake()
    assert isinstance(failed.value, UpgradeRefusedError) is (name in ("moved", "forbidden"))


def test_a_websocket_for_something_else_is_none_for_us(server: Server) -> None:
    with pytest.raises(ssl.SSLWantReadError):
        server.client.do_handshake()
    server.hear()
    server.say(AcceptConnection())
    with pytest.raises(UpgradeRefusedError, match="speaks no mqtt"):
        server.client.do_handshake()


@given(st.binary(max_size=400), st.booleans())
def test_nonsense_is_an_error_of_the_connection_and_nothing_worse(nonsense: bytes, opened: bool) -> None:
    with serving() as server:
        if opened:
            server.open()
        server.wire.sendall(nonsense)
        server.wire.close()
        with contextlib.suppress(OSError):
            if not opened:
                server.client.do_handshake()
            while server.client.recv(64):
                pass
