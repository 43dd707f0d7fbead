"""Reads the ground truth of a run, also of one that was killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from simulator.core.campaigns import CampaignTruth, Overheard
from simulator.core.decoding import UNREADABLE
from simulator.core.errors import RunFailedError
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
from simulator.truth.folder import RunFolder

Row = TypeVar("Row", bound=msgspec.Struct)

_LONGEST = 1 << 20
"""Bytes of a line, several times those of a row with the longest topic that MQTT has."""


class Rows(Generic[Row]):
    """The rows of one file, read anew by each iteration, one at a time.

    Attributes:
        ignored: how many rows the last iteration left out because they were not whole: 1 if a killed run
            left half a line at the end, else 0.

    Raises:
        RunFailedError: while iterating: the file cannot be read, or a line in it is not such a row.
    """

    def __init__(self, path: Path, row: type[Row]) -> None:
        self.ignored = 0
        self._path = path
        self._decoder = msgspec.json.Decoder(row)

    def __iter__(self) -> Iterator[Row]:
        self.ignored = 0
        decode = self._decoder.decode
        number = 0
        try:
            with self._path.open("rb") as file:
                while line := file.readline(_LONGEST):
                    number += 1
                    if not line.endswith(b"\n"):
                        if len(line) == _LONGEST:
                            raise RunFailedError(f"{self._path}:{number}: the line is too long for a row")
                        self.ignored = 1
                        return
                    yield decode(line)
        except OSError as error:
            raise RunFailedError(f"cannot read {self._path}: {error.strerror}") from error
        except UNREADABLE as error:
            raise RunFailedError(f"{self._path}:{number}: {error}") from error


def read_messages(folder: RunFolder) -> Rows[MessageTruth]:
    """Return the truth of all messages, in the order in which they were sent."""
    return Rows(folder.messages, MessageTruth)


def read_people(folder: RunFolder) -> Rows[PersonTruth]:
    """Return all people."""
    return Rows(folder.people, PersonTruth)


def read_consent(folder: RunFolder) -> Rows[ConsentTruth]:
    """Return all changes of consent."""
    return Rows(folder.consent, ConsentTruth)


def read_requests(folder: RunFolder) -> Rows[RequestTruth]:
    """Return all requests for access or erasure."""
    return Rows(folder.requests, RequestTruth)


def read_canaries(folder: RunFolder) -> Rows[CanaryTruth]:
    """Return the canaries that were planted, in the order of their first messages."""
    return Rows(folder.canaries, CanaryTruth)


def read_faults(folder: RunFolder) -> Rows[FaultTruth]:
    """Return what befell devices and network, in order of time and device."""
    return Rows(folder.faults, FaultTruth)


def read_campaigns(folder: RunFolder) -> Rows[CampaignTruth]:
    """Return the attacks, in the order of the scenario, and then what looks like one."""
    return Rows(folder.campaigns, CampaignTruth)


def read_overheard(folder: RunFolder) -> Rows[Overheard]:
    """Return what outsiders were given by the broker, those of one of them in order of time."""
    return Rows(folder.overheard, Overheard)


def read_delivered(folder: RunFolder) -> Rows[Delivered]:
    """Return how all messages fared, in the order in which they ended."""
    return Rows(folder.delivery, Delivered)


def read_sessions(folder: RunFolder) -> Rows[SessionChange]:
    """Return what became of all sessions, those of one device in order of time."""
    return Rows(folder.sessions, SessionChange)
