"""MQTT inside WebSocket (RFC 6455; MQTT 5, section 6): what takes the place of a connected socket."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import ProtocolError

from simulator.core.endpoint import Endpoint

_SUBPROTOCOL = "mqtt"

_LARGEST_FRAME = 64 * 1024
"""Bytes of MQTT in a frame that we send, and of answers to pings that may wait for the kernel."""

_READ_SIZE = 4096

_REFUSED = frozenset({401, 403, *range(300, 400)})
"""HTTP statuses that will not change by trying again: an address elsewhere is never followed."""

_IN_ORDER = frozenset({1000, 1001, 1005})
"""Close codes without a complaint: done, going away, none given."""


class UpgradeRefusedError(ConnectionError):
    """The broker does not speak WebSocket with us, and will not another time."""


class WebSocket:
    """Carries MQTT through a WebSocket as `socket.socket` does through TCP; never blocks.

    Bytes go out in masked binary frames. Those that come in may be cut into frames in any way; they are
    handed on as they come, so a frame takes no more memory than what was read of it. The broker's pings
    are answered while reading.

    Args:
        sock: connected to the broker, and encrypted if that is wanted.
        endpoint: where that is, and the path to ask for.

    Raises:
        OSError: the host's name cannot be asked for.
    """

    __slots__ = ("_carried", "_end", "_engine", "_outgoing", "_socket")

    def __init__(self, sock: socket.socket, endpoint: Endpoint) -> None:
        self._socket = sock
        self._engine = WSConnection(ConnectionType.CLIENT)
        host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
        target = endpoint.websocket or "/"
        request = Request(host=f"{host}:{endpoint.port}", target=target, subprotocols=[_SUBPROTOCOL])
        try:
            opening = self._engine.send(request)
        except UnicodeError:
            raise ConnectionError("the broker's host name is too long for a WebSocket") from None
        self._outgoing = bytearray(opening)  # frames that the kernel has not taken
        self._carried = 0  # bytes of MQTT in the frame among them, if there is one
        self._end: str | None = None  # why the WebSocket is over; empty if the broker closed it in order

    def do_handshake(self) -> None:
        """Go on with the opening handshake.

        Raises:
            ssl.SSLWantReadError, ssl.SSLWantWriteError: to be called again when there is something to read,
                or room to write, as of an encrypted socket.
            UpgradeRefusedError: the broker wants no WebSocket here.
            OSError: it failed.
        """
        try:
            self._push()
        except BlockingIOError:
            raise ssl.SSLWantWriteError from None
        while True:
            try:
                data = self._socket.recv(_READ_SIZE)
            except BlockingIOError:
                raise ssl.SSLWantReadError from None
            if not data:
                raise ConnectionError("the broker closed the connection instead of opening a WebSocket")
            for event in self._events(data):
                _check_accepted(event)
                return

    def send(self, data: bytearray) -> int:
        """Send a frame; return how many bytes at the beginning of `data` went with it.

        As with an encrypted socket, `data` has to begin with the same bytes when it is called again after
        an error that says so.

        Raises:
            OSError: the kernel takes no more now, or ever.
        """
        if self._end is not None:
            raise ConnectionError(self._end)
        if not self._carried:
            piece = bytes(data[:_LARGEST_FRAME])
            self._outgoing += self._engine.send(BytesMessage(data=piece))
            self._carried = len(piece)
        self._push()
        taken, self._carried = self._carried, 0
        return taken

    def recv(self, size: int) -> bytes:
        """Return bytes of MQTT; none at the end of the WebSocket.

        Raises:
            OSError: there are none now, or never will be.
        """
        if self._end is None:
            data = self._socket.recv(size)
            if not data:
                return b""
            if heard := self._hear(data):
                return heard
        if self._end is None:
            raise BlockingIOError
        if self._end:
            raise ConnectionError(self._end)
        return b""

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close the connection at once; MQTT has its own way to take leave."""
        self._socket.close()

    def _hear(self, data: bytes) -> bytes:
        heard = bytearray()
        for event in self._events(data):
            match event:
                case BytesMessage():
                    heard += event.data
                case TextMessage():  # MQTT-6.0.0-1
                    raise self._failed("the broker sent text")
                case Ping() if len(self._outgoing) < _LARGEST_FRAME:
                    self._outgoing += self._engine.send(event.response())
                case CloseConnection():
                    self._closed(event)
                    break
        if self._outgoing:
            with suppress(OSError):  # what is wrong, reading will tell
                self._push()
        return bytes(heard)

    def _closed(self, event: CloseConnection) -> None:
        with suppress(ProtocolError):
            self._outgoing += self._engine.send(event.response())
        reason = f": {event.reason!r}" if event.reason else ""
        in_order = event.code in _IN_ORDER
        self._end = "" if in_order else f"the WebSocket was closed with code {int(event.code)}{reason}"

    def _events(self, data: bytes) -> Iterator[Event]:
        try:
            self._engine.receive_data(data)
            yield from self._engine.events()
        except (ProtocolError, UnicodeDecodeError) as error:  # the latter for headers that are not ASCII
            raise self._failed(str(error)) from None

    def _failed(self, why: str) -> ConnectionError:
        self._end = f"the WebSocket failed: {why}"
        return ConnectionError(self._end)

    def _push(self) -> None:
        """Have the kernel take what is on its way."""
        while self._outgoing:
            del self._outgoing[: self._socket.send(self._outgoing)]


def _check_accepted(event: Event) -> None:
    """Make sure that the broker's answer to our request opens a WebSocket for MQTT."""
    if isinstance(event, RejectConnection):
        kind = UpgradeRefusedError if event.status_code in _REFUSED else ConnectionError
        raise kind(f"the broker refused the WebSocket: HTTP {event.status_code}")
    if not isinstance(event, AcceptConnection) or event.subprotocol != _SUBPROTOCOL:  # MQTT-6.0.0-4
        raise UpgradeRefusedError(f"the broker speaks no {_SUBPROTOCOL} on this WebSocket")
