"""The record of one tap: a file of JSON rows that grows by whole lines."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Self

import msgspec

from simulator.truth.folder import writing

_CHUNK = 1 << 18
"""Bytes that gather before they are written."""


class Bytes(msgspec.Struct, frozen=True):
    """A payload that is no text in UTF-8.

    Attributes:
        base64: its bytes.
    """

    base64: str


class Row(msgspec.Struct, frozen=True):
    """One thing that came out of a control.

    Attributes:
        received: seconds of the load's clock.
        topic: MQTT topic, path of a request, or name of a file in a folder; None for a line of a file.
        payload: as text, or in base 64 if it is no UTF-8.
    """

    received: float
    topic: str | None
    payload: str | Bytes


class KeptRow(msgspec.Struct, frozen=True):
    """The same, kept by the broker until the end, whenever it came out."""

    topic: str | None
    payload: str | Bytes
    retained: bool = True


class Tape:
    """Records what one tap receives; several threads may share it.

    Args:
        path: the file; must not exist.
        clock: seconds of the load's clock.
        timed: whether its rows say when they were received; else they are what a broker has kept.

    Attributes:
        rows: received so far.
        latest: when the last one was, or when it was begun.

    Raises:
        RunFailedError: it cannot be written.
    """

    def __init__(self, path: Path, clock: Callable[[], float], *, timed: bool = True) -> None:
        self._path = path
        self._clock = clock
        self._timed = timed
        self._lock = Lock()
        self._buffer = bytearray()
        self._encode = msgspec.json.Encoder().encode_into
        with writing(path):
            self._file = path.open("xb", buffering=0)
        self.rows = 0
        self.latest = clock()

    def add(self, payload: bytes, topic: str | None = None) -> None:
        """Record what was received just now.

        Raises:
            RunFailedError: the disk is full.
        """
        now = self._clock()
        text = as_text(payload)
        row = Row(round(now, 6), topic, text) if self._timed else KeptRow(topic, text)
        with self._lock:
            self._encode(row, self._buffer, -1)  # -1: at the end
            self._buffer += b"\n"
            self.rows += 1
            self.latest = now
            if len(self._buffer) >= _CHUNK:
                self._flush()

    def flush(self) -> None:
        """Write what has gathered.

        Raises:
            RunFailedError: the disk is full.
        """
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        with writing(self._path):
            while self._buffer:
                del self._buffer[: self._file.write(self._buffer)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.flush()
        finally:
            self._file.close()


def as_text(payload: bytes) -> str | Bytes:
    """Return a payload as a row holds it; nothing of it is lost."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return Bytes(b64encode(payload).decode())
