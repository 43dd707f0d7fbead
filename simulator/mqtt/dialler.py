"""Opens connections to the broker: from which address, and how many a second."""

from __future__ import annotations

import errno
import math
import os
import socket
import struct
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from itertools import cycle

from simulator.core.endpoint import Endpoint
from simulator.core.errors import RunFailedError

_BIND_ADDRESS_NO_PORT = 24 if sys.platform == "linux" else None
"""IP_BIND_ADDRESS_NO_PORT: bind to an address and leave the port to connect, which may reuse it for another
broker. Without it a bind takes a port of the whole machine, and the two kinds of bind starve each other."""

_NUMERIC = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
"""Looks nothing up: puts the kernel's form of an address into digits."""

_RESET = struct.pack("ii", 1, 0)
"""Value of SO_LINGER with which a close sends a TCP reset."""

_CATCH_UP = 0.1
"""Seconds of its schedule that the dialler makes up for when it was not asked in time; more is let go."""


class Dialler:
    """Opens TCP connections to a broker, from each source address in turn, in the time that is allowed.

    Args:
        endpoint: the broker's listener.
        rate: connections a second at most, None for no limit; reconnects count like any other.
        sources: addresses to connect from, empty to leave that to the system.

    Raises:
        RunFailedError: the broker cannot be reached from the sources.
    """

    def __init__(self, endpoint: Endpoint, rate: float | None = None, sources: Sequence[str] = ()) -> None:
        self._endpoint = endpoint
        # A numeric address: this looks nothing up, it only puts the address into the kernel's form.
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        found = socket.getaddrinfo(endpoint.address, endpoint.port, type=socket.SOCK_STREAM, flags=numeric)
        self._family, self._address = found[0][0], found[0][4]
        self._on_loopback = self._family is socket.AF_INET and ip_address(endpoint.address).is_loopback
        if sources and not self._on_loopback:
            raise RunFailedError(
                f"source addresses of 127.0.0.0/8 reach only a broker on such an address, "
                f"not {endpoint.address}; leave mqtt.source_addresses out or use a broker on 127.0.0.1"
            )
        self._sources = cycle(sources) if sources else None
        self._between = 1 / rate if rate else 0.0
        self._next_at = -math.inf

    def wait(self, now: float) -> float:
        """Return the seconds until the next connection may be opened, 0 if it may be now."""
        return max(self._next_at - now, 0.0)

    def dial(self, now: float, source: str | None = None, abrupt: bool = False) -> socket.socket:
        """Return a socket that has begun to connect and does not block.

        Args:
            now: the time in seconds.
            source: loopback address to connect from this time, where that reaches the broker.
            abrupt: whether closing the socket sends a TCP reset.

        Raises:
            OSError: it cannot even begin.
            TargetRefusedError: the target guard has not cleared the address.
        """
        if self._between:
            # A schedule, so that being asked a little late costs nothing; begun anew after a pause, so
            # that a pause is no reason for a storm.
            self._next_at = (self._next_at if self._next_at > now - _CATCH_UP else now) + self._between
        self._endpoint.check(socket.getnameinfo(self._address, _NUMERIC)[0])
        sock = socket.socket(self._family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if abrupt:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            if source is None or not self._on_loopback:
                source = None if self._sources is None else next(self._sources)
            if source is not None:
                if _BIND_ADDRESS_NO_PORT is not None:
                    sock.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
                sock.bind((source, 0))
            code = sock.connect_ex(self._address)
            if code not in (0, errno.EINPROGRESS):
                raise OSError(code, os.strerror(code))
        except OSError:
            sock.close()
            raise
        return sock
