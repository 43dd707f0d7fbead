"""Serves a registry over HTTP, for Prometheus to scrape."""

from __future__ import annotations

from http.server import ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

from prometheus_client import CollectorRegistry, MetricsHandler

from simulator.core.errors import RunFailedError

_POLL = 0.05
"""Seconds between two looks at whether the server was told to close."""


class Server:
    """An HTTP server on a thread of its own; close it, or use it in a ``with``.

    Attributes:
        port: where it listens, also if any free port was asked for.
    """

    def __init__(self, http: ThreadingHTTPServer) -> None:
        self.port: int = http.server_port
        self._http = http
        self._thread = Thread(target=http.serve_forever, args=(_POLL,), name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and free the port."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(registry: CollectorRegistry, port: int, host: str = "127.0.0.1") -> Server:
    """Serve a registry's metrics at ``http://host:port/metrics``; port 0 takes any free one.

    Raises:
        RunFailedError: it cannot listen there.
    """
    try:
        http = ThreadingHTTPServer((host, port), MetricsHandler.factory(registry))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such port"
        raise RunFailedError(
            f"cannot serve metrics on {host}:{port}: {reason}; choose another port with --metrics-port, "
            f"or 0 for any free one"
        ) from error
    return Server(http)
