"""TCP ports for brokers that Fleetsim starts itself."""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Collection

from simulator.core.errors import RunFailedError

LOOPBACK = "127.0.0.1"

_FIRST = 20_000
_LAST = 32_000
"""Below the ephemeral ports of Linux (32768) and macOS (49152): a client that dials while the broker is
down must not be able to get the broker's port as its own."""

_TRIES = 200


def free_port(avoid: Collection[int] = ()) -> int:
    """Return a port that nothing listens on at 127.0.0.1.

    Args:
        avoid: ports that are meant for something else.

    Raises:
        RunFailedError: none was found.
    """
    for _ in range(_TRIES):
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        if port not in avoid and _can_bind(port) is None:
            return port
    raise RunFailedError(f"no free port found between {_FIRST} and {_LAST} on {LOOPBACK}")


def require_free(port: int) -> int:
    """Return the port if it can be listened on.

    Raises:
        RunFailedError: it is in use, or needs rights that we do not have.
    """
    code = _can_bind(port)
    if code == errno.EACCES:
        raise RunFailedError(f"port {port} needs administrator rights: choose one above 1023")
    if code is not None:
        raise RunFailedError(
            f"port {port} on {LOOPBACK} is in use: stop what listens there, or choose another port"
        )
    return port


def _can_bind(port: int) -> int | None:
    """Return why the port cannot be bound, as an errno, or None if it can."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        # As brokers do: connections of a broker that was stopped a moment ago are no obstacle.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((LOOPBACK, port))
            sock.listen()
        except OSError as error:
            return error.errno or errno.EADDRINUSE
    return None
