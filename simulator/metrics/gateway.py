"""Pushes the last metrics of a short run to a Pushgateway, since nobody may scrape it in time."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import create_default_context
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, push_to_gateway

from simulator.core.errors import RunFailedError

JOB = "fleetsim"
"""The job under which Prometheus finds what was pushed; its instance is the scenario's name."""

_PATIENCE = 10.0
"""Seconds to wait for the Pushgateway."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A Pushgateway.

    Attributes:
        url: as the user gave it.
        address: where the guard has found it; the only one that is connected to, whatever redirects or
            proxies are about.
        port: likewise.
    """

    url: str
    address: str
    port: int

    def check(self) -> None:
        """Make sure that something listens there, so that one knows before a run and not after it.

        Raises:
            RunFailedError: nothing does.
        """
        try:
            socket.create_connection((self.address, self.port), _PATIENCE).close()
        except OSError as error:
            raise RunFailedError(
                f"no Pushgateway at {self.url}: {error.strerror or error}. Start it, or correct --push-to"
            ) from error

    def push(self, registry: CollectorRegistry, instance: str) -> None:
        """Put a registry's metrics there, in place of those of an earlier run of the same instance.

        Raises:
            RunFailedError: it does not take them.
        """
        try:
            push_to_gateway(
                self.url, JOB, registry, {"instance": instance}, timeout=_PATIENCE, handler=self._handler
            )
        except (OSError, HTTPException) as error:
            raise RunFailedError(
                f"the metrics could not be pushed to {self.url}: {error}; all else of the run is written"
            ) from error

    def _handler(
        self, url: str, method: str, timeout: float | None, headers: list[tuple[str, str]], data: bytes
    ) -> Callable[[], None]:
        def send() -> None:
            parts = urlsplit(url)
            connection = self._connection(timeout)
            try:
                connection.request(method, parts.path, data, dict(headers))
                answer = connection.getresponse()
                if answer.status >= 300:
                    said = answer.read(200).decode(errors="replace").strip()
                    raise HTTPException(f"it answered {answer.status} {answer.reason}: {said}")
            finally:
                connection.close()

        return send

    def _connection(self, timeout: float | None) -> HTTPConnection:
        """Return a connection to the address; the name stands in the request and the certificate alone."""
        parts = urlsplit(self.url)
        host = parts.hostname or self.address
        sock = socket.create_connection((self.address, self.port), timeout)
        if parts.scheme == "https":
            try:
                context = create_default_context()
                encrypted = HTTPSConnection(host, self.port, timeout=timeout, context=context)
                encrypted.sock = context.wrap_socket(sock, server_hostname=host)
            except OSError:
                sock.close()
                raise
            return encrypted
        plain = HTTPConnection(host, self.port, timeout=timeout)
        plain.sock = sock
        return plain
