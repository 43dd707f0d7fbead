"""Writes the ground truth as the run goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec

from simulator.core.campaigns import CampaignTruth, Overheard
from simulator.core.records import (
    CanaryTruth,
    ConsentTruth,
    Delivered,
    FaultTruth,
    MessageTruth,
    PersonTruth,
    RequestTruth,
    SessionChange,
)
from simulator.truth.folder import RunFolder, writing

_CHUNK = 1 << 18
"""Bytes that gather before they are written; a few hundred rows."""


class _Lines:
    """A file of JSON rows that grows by whole lines."""

    __slots__ = ("_buffer", "_encode", "_file", "_path")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._buffer = bytearray()
        self._encode = msgspec.json.Encoder().encode_into
        with writing(path):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            self._drop_half_a_row()

    def _drop_half_a_row(self) -> None:
        """Cut off what a killed writer has left of its last row, so that none is joined to it."""
        size = os.fstat(self._file).st_size
        tail = os.pread(self._file, _CHUNK, max(size - _CHUNK, 0))
        if not tail.endswith(b"\n"):
            os.ftruncate(self._file, size - len(tail) + tail.rfind(b"\n") + 1)

    def add(self, row: msgspec.Struct) -> None:
        buffer = self._buffer
        self._encode(row, buffer, -1)  # -1: at the end
        buffer += b"\n"
        if len(buffer) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        buffer = self._buffer
        with writing(self._path):
            while buffer:
                del buffer[: os.write(self._file, buffer)]

    def close(self) -> None:
        os.close(self._file)


class RowWriter(Protocol):
    """Takes the rows of a load."""

    def message(self, row: MessageTruth) -> None:
        """Take what is true about a message."""

    def person(self, row: PersonTruth) -> None:
        """Take who a person is."""

    def consent(self, row: ConsentTruth) -> None:
        """Take what a person agrees to from a moment on."""

    def request(self, row: RequestTruth) -> None:
        """Take what a person asks for about their data."""

    def canary(self, row: CanaryTruth) -> None:
        """Take that a canary was planted."""

    def fault(self, row: FaultTruth) -> None:
        """Take what befalls a device, or the network."""

    def campaign(self, row: CampaignTruth) -> None:
        """Take what is true about an attack, or about what looks like one."""

    def overheard(self, row: Overheard) -> None:
        """Take that an outsider was given a message."""

    def delivered(self, row: Delivered) -> None:
        """Take how a message fared on the network."""

    def session(self, row: SessionChange) -> None:
        """Take what has become of a session."""

    def flush(self) -> None:
        """Make what was taken outlive the process."""


class NoRows:
    """Keeps no rows; for a benchmark, which has no truth to keep."""

    def message(self, row: MessageTruth) -> None:
        """Let it go."""

    def person(self, row: PersonTruth) -> None:
        """Let it go."""

    def consent(self, row: ConsentTruth) -> None:
        """Let it go."""

    def request(self, row: RequestTruth) -> None:
        """Let it go."""

    def canary(self, row: CanaryTruth) -> None:
        """Let it go."""

    def fault(self, row: FaultTruth) -> None:
        """Let it go."""

    def campaign(self, row: CampaignTruth) -> None:
        """Let it go."""

    def overheard(self, row: Overheard) -> None:
        """Let it go."""

    def delivered(self, row: Delivered) -> None:
        """Let it go."""

    def session(self, row: SessionChange) -> None:
        """Let it go."""

    def flush(self) -> None:
        """Do nothing."""


class TruthWriter:
    """Writes the rows of a run's truth, each in one way: a JSON object on a line.

    Rows gather in memory; `flush` writes them out, and the run calls it each second. What a kill at any
    moment leaves is whole lines, but perhaps the last one, which the readers ignore. Close it, or use it in
    a ``with``.

    Raises:
        RunFailedError: the disk is full or a file cannot be written; from any method.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._messages = _Lines(folder.messages)
        self._people = _Lines(folder.people)
        self._consent = _Lines(folder.consent)
        self._requests = _Lines(folder.requests)
        self._canaries = _Lines(folder.canaries)
        self._faults = _Lines(folder.faults)
        self._campaigns = _Lines(folder.campaigns)
        self._overheard = _Lines(folder.overheard)
        self._delivery = _Lines(folder.delivery)
        self._sessions = _Lines(folder.sessions)
        self._files: tuple[_Lines, ...] = (
            self._messages,
            self._people,
            self._consent,
            self._requests,
            self._canaries,
            self._faults,
            self._campaigns,
            self._overheard,
            self._delivery,
            self._sessions,
        )

    def message(self, row: MessageTruth) -> None:
        """Write what is true about a message."""
        self._messages.add(row)

    def person(self, row: PersonTruth) -> None:
        """Write who a person is."""
        self._people.add(row)

    def consent(self, row: ConsentTruth) -> None:
        """Write what a person agrees to from a moment on."""
        self._consent.add(row)

    def request(self, row: RequestTruth) -> None:
        """Write what a person asks for about their data."""
        self._requests.add(row)

    def canary(self, row: CanaryTruth) -> None:
        """Write that a canary was planted."""
        self._canaries.add(row)

    def fault(self, row: FaultTruth) -> None:
        """Write what befalls a device, or the network."""
        self._faults.add(row)

    def campaign(self, row: CampaignTruth) -> None:
        """Write what is true about an attack, or about what looks like one."""
        self._campaigns.add(row)

    def overheard(self, row: Overheard) -> None:
        """Write that an outsider was given a message."""
        self._overheard.add(row)

    def delivered(self, row: Delivered) -> None:
        """Write how a message fared on the network."""
        self._delivery.add(row)

    def session(self, row: SessionChange) -> None:
        """Write what has become of a session."""
        self._sessions.add(row)

    def flush(self) -> None:
        """Hand all rows to the system; from then on they outlive the process."""
        for file in self._files:
            file.flush()

    def close(self) -> None:
        """Flush and close the files, all of them even if one cannot be written. Closing twice is no error."""
        files, self._files = self._files, ()
        with ExitStack() as closing:
            for file in files:
                closing.callback(file.close)
                closing.callback(file.flush)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def open_rows(folder: RunFolder | None) -> Iterator[RowWriter]:
    """Give what takes a load's rows: the folder's truth, or nothing at all."""
    if folder is None:
        yield NoRows()
    else:
        with TruthWriter(folder) as truth:
            yield truth
