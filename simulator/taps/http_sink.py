"""An HTTP server on loopback that takes whatever is posted to it, and keeps nothing of the headers."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from socket import socket
from threading import BoundedSemaphore, Thread
from typing import Any

from simulator.broker.ports import LOOPBACK
from simulator.core.errors import RunFailedError
from simulator.taps.tape import Tape

LARGEST_BODY = 1 << 20
"""Bytes of a request's body; more is refused."""

MOST_CONNECTIONS = 64
"""Connections at once; more wait."""

TIMEOUT = 10.0
"""Seconds for a client to say something."""

_POLL = 0.05
_LONGEST_CHUNK_LINE = 64


class _TooLargeError(Exception):
    """A body is larger than it may be."""


class HttpSink:
    """Records the body of each POST, PUT and PATCH, with its path for a topic, and answers 204.

    Args:
        port: of 127.0.0.1; 0 for any that is free.
        tape: takes the bodies.

    Attributes:
        port: where it listens.

    Raises:
        RunFailedError: it cannot listen there.
    """

    def __init__(self, port: int, tape: Tape) -> None:
        try:
            self._server = _Server((LOOPBACK, port), tape)
        except OSError as error:
            raise RunFailedError(
                f"cannot take HTTP on {LOOPBACK}:{port}: {error.strerror}; "
                "choose another port for the tap, or 0 for any free one"
            ) from error
        self.port: int = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL,), name="http tap", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], tape: Tape) -> None:
        self.tape = tape
        self._room = BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._room.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Say nothing: a client that leaves in the middle is none of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT
    server: _Server
    server_version = "Fleetsim"
    sys_version = ""

    def _take(self) -> None:
        try:
            body = self._body()
        except _TooLargeError:
            self.close_connection = True
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except ValueError:
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST)
        else:
            self.server.tape.add(body, self.path)
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

    do_POST = do_PUT = do_PATCH = _take  # noqa: N815 - the names that http.server looks for

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return _chunked(self.rfile)
        length = int(self.headers.get("Content-Length", "0"))
        if length < 0:
            raise ValueError("a body cannot have less than no bytes")
        if length > LARGEST_BODY:
            raise _TooLargeError
        body = self.rfile.read(length)
        if len(body) < length:
            raise ValueError("the body is cut off")
        return body

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so by http.server
        """Log nothing: paths and headers may hold secrets."""


def _chunked(file: BufferedIOBase) -> bytes:
    """Return a body in the chunked transfer coding (RFC 9112, section 7.1).

    Raises:
        ValueError: it is not in that coding.
        _TooLargeError: it is too large.
    """
    body = bytearray()
    while size := int(file.readline(_LONGEST_CHUNK_LINE).split(b";")[0], 16):
        if size < 0 or len(body) + size > LARGEST_BODY:
            raise _TooLargeError
        body += file.read(size)
        if file.readline(_LONGEST_CHUNK_LINE).strip():
            raise ValueError("a chunk is longer than it says")
    while file.readline(LARGEST_BODY).strip():
        pass  # trailers
    return bytes(body)
