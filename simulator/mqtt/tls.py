"""TLS for the connections of a fleet, and what its failures mean."""

from __future__ import annotations

import socket
import ssl

from simulator.core.actions import Claim
from simulator.core.credentials import CredentialSource

_VERDICTS = (
    "ACCESS_DENIED",
    "BAD_CERTIFICATE",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REQUIRED",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_UNKNOWN",
    "UNKNOWN_CA",
    "UNSUPPORTED_CERTIFICATE",
)
"""How OpenSSL ends the names of the alerts that say no to a certificate (RFC 8446, section 6.2)."""


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

    def encrypt(self, sock: socket.socket, device: str, claim: Claim | None = None) -> ssl.SSLSocket:
        """Return what takes the place of a device's connected socket; its handshake is still to come.

        Args:
            sock: the socket.
            device: whose it is.
            claim: whom it claims to be; itself if None.

        Raises:
            OSError: the connection is gone already.
        """
        context = self._anybody
        if self._credentials is not None:
            if claim is None:
                context = self._credentials.ssl_context(device)
            elif claim.user is not None and claim.password is None:
                context = self._credentials.ssl_context(claim.user)
            else:
                context = self._credentials.stranger_context()
        assert context is not None
        return context.wrap_socket(sock, server_hostname=self._host, do_handshake_on_connect=False)


def refuses(error: OSError) -> bool:
    """Return whether this is the broker's verdict on a device's certificate, or on its having none.

    In TLS 1.3 it comes after the handshake, for the client is done before the broker has judged.
    """
    reason = error.reason or "" if isinstance(error, ssl.SSLError) else ""
    return "_ALERT_" in reason and reason.endswith(_VERDICTS)


def failure(error: OSError) -> str:
    """Return why a connection failed, encrypted or not, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return f"TLS failed: {error.reason.lower().replace('_', ' ')}"
    return error.strerror or str(error)
