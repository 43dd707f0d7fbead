"""TLS on a socket that never blocks: the handshake in steps, and what its failures mean."""

from __future__ import annotations

import selectors
import socket
import ssl

AGAIN = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""What a socket raises, encrypted or not, when the kernel has nothing to give or takes no more."""


def begin_tls(sock: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """Return the socket that takes the place of a connected one; its handshake is still to come.

    Args:
        sock: connected; not to be used any more.
        context: whom to trust, and who we are.
        host: the name that the broker's certificate must be for.
    """
    return context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)


def continue_handshake(sock: ssl.SSLSocket) -> int:
    """Go on with the handshake; return the selector event to wait for before the next step, 0 if it is done.

    Raises:
        OSError: it has failed; `failure` says why.
    """
    try:
        sock.do_handshake()
    except ssl.SSLWantReadError:
        return selectors.EVENT_READ
    except ssl.SSLWantWriteError:
        return selectors.EVENT_WRITE
    return 0


def failure(error: OSError) -> str:
    """Return why a connection failed, encrypted or not, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return f"TLS failed: {error.reason.lower().replace('_', ' ')}"
    return error.strerror or str(error)
