"""TLS for the connections of a fleet, and what its failures mean."""

from __future__ import annotations

import socket
import ssl

from simulator.core.credentials import CredentialSource


class Security:
    """Encrypts connections to one broker.

    Args:
        host: the name that the broker's certificate must be for.
        credentials: whom each device trusts, and who it is; without them the system says whom to trust.
    """

    def __init__(self, host: str, credentials: CredentialSource | None) -> None:
        self._host = host
        self._credentials = credentials
        self._anybody = ssl.create_default_context() if credentials is None else None

    def encrypt(self, sock: socket.socket, device: str) -> ssl.SSLSocket:
        """Return what takes the place of a device's connected socket; its handshake is still to come.

        Raises:
            OSError: the connection is gone already.
        """
        context = self._anybody
        if self._credentials is not None:
            context = self._credentials.ssl_context(device)
        assert context is not None
        return context.wrap_socket(sock, server_hostname=self._host, do_handshake_on_connect=False)


def failure(error: OSError) -> str:
    """Return why a connection failed, encrypted or not, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return f"TLS failed: {error.reason.lower().replace('_', ' ')}"
    return error.strerror or str(error)
