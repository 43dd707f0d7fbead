"""One TCP connection of a session, perhaps encrypted, perhaps a WebSocket: never blocks, knows no MQTT."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import ssl

from simulator.core.actions import Freeze
from simulator.core.endpoint import Endpoint
from simulator.mqtt.loop import Carried
from simulator.mqtt.reasons import Cause
from simulator.mqtt.tls import Security
from simulator.mqtt.websocket import WebSocket

AGAIN = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""What `send` and `recv` of a socket raise when the kernel takes no more, or has nothing to give."""


class Connection:
    """A connection from the dial to its end.

    Attributes:
        socket: carries it; another one once it is encrypted, and again once it is a WebSocket.
        closed: it is over; the selector may still tell of it in the same turn.
        dialling: it does not stand yet, see `establish`.
        arriving: it takes a place in the window of connections in progress.
        writable: it is worth trying to send. Not while dialling; not while the kernel takes no more
            bytes, until the selector says that it does again; and no more once sending has failed, when
            reading will tell why, after what the broker said last.
        frozen: how it is left alone, None if it is not.
    """

    __slots__ = ("arriving", "closed", "dialling", "frozen", "session", "socket", "writable")

    def __init__(self, session: Carried, sock: socket.socket) -> None:
        self.session = session
        self.socket: socket.socket | WebSocket = sock
        self.closed = False
        self.dialling = True
        self.arriving = True
        self.writable = False
        self.frozen: Freeze | None = None

    def establish(self, endpoint: Endpoint, security: Security | None) -> int:
        """Go on with the TCP connect and then the handshakes of TLS and of a WebSocket, if wanted.

        Returns:
            The selector's event to wait for before the next call; 0 when the connection stands.

        Raises:
            OSError: it will not come to stand.
        """
        if not isinstance(self.socket, ssl.SSLSocket | WebSocket):
            _check_connected(self.socket)
            if security is not None:
                self.socket = security.encrypt(self.socket, self.session.device, self.session.claim)
        try:
            if isinstance(self.socket, ssl.SSLSocket):
                self.socket.do_handshake()
            if endpoint.websocket is not None:
                if not isinstance(self.socket, WebSocket):
                    self.socket = WebSocket(self.socket, endpoint)
                self.socket.do_handshake()
        except ssl.SSLWantReadError:
            return selectors.EVENT_READ
        except ssl.SSLWantWriteError:
            return selectors.EVENT_WRITE
        return 0

    @property
    def events(self) -> int:
        """What the selector should tell of, now that the connection stands; 0 for nothing."""
        if self.frozen is None:
            return selectors.EVENT_READ if self.writable else selectors.EVENT_READ | selectors.EVENT_WRITE
        return selectors.EVENT_WRITE if self.frozen.writing and not self.writable else 0


def _check_connected(sock: socket.socket) -> None:
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
    # Dialling a port of the ephemeral range on loopback while the broker is down can, once in some
    # ten thousand attempts, pick that very port as its own, and TCP then connects it to itself.
    if sock.getsockname() == sock.getpeername():
        raise OSError(errno.ECONNREFUSED, Cause.OWN_ADDRESS)
