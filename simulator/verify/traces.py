"""Traces: who sent what and when, as a consumer of the output sees it, with the truth beside."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from simulator.core.units import DAY
from simulator.verify.check import Batch, Case
from simulator.verify.fixes import Fixes, Floats, Integers
from simulator.verify.ground import NOBODY, Codes, Flags, local_seconds
from simulator.verify.output import Output, moment, number

SENDERS = ("pseudonym", "device", "client_id", "user", "user_id", "subject", "person", "account", "token")
"""Fields that tell senders apart, the most telling first."""

TIMES = ("time", "timestamp", "at", "observed", "ts")

_LATITUDES = ("latitude", "lat")
_LONGITUDES = ("longitude", "lon", "lng", "long")


def sender_of(output: Output) -> str | None:
    """Return who sent a record, as far as it says."""
    found = output.first(SENDERS)
    return None if found is None else str(found)


class Traces:
    """Gathers who sent what and when. The checks of one control share one.

    Args:
        case: the control.

    Attributes:
        senders: who they are to a consumer, by number.
        purposes: of the consumers, by number.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._ground = case.ground
        self._since = case.start.timestamp()
        self._latest: Batch | None = None
        self.senders = Codes()
        self.purposes = Codes()
        self._sender, self._message, self._purpose = array("i"), array("i"), array("i")
        self._at, self._seq = array("d"), array("d")
        self._fixed = array("i")
        self._latitude, self._longitude = array("d"), array("d")

    @classmethod
    def of(cls, case: Case) -> Traces:
        """Return those of a control."""
        if "traces" not in case.memo:
            case.memo["traces"] = cls(case)
        traces: Traces = case.memo["traces"]
        return traces

    def add(self, batch: Batch) -> None:
        """Take some records, unless another check has given them already."""
        if batch is self._latest:
            return
        self._latest = batch
        purpose = self.purposes.number(batch.purpose)
        observed = self._ground.observed
        for output, message in zip(batch.outputs, batch.message.tolist(), strict=True):
            sender = sender_of(output)
            if sender is None or (message == NOBODY and "subject" in output.fields):
                continue
            when = moment(output.first(TIMES))
            if when is not None:
                when -= self._since
            elif message != NOBODY:
                when = float(observed[message])
            else:
                continue
            where = position_of(output)
            if where is not None:
                self._fixed.append(len(self._sender))
                self._latitude.append(where[0])
                self._longitude.append(where[1])
            self._sender.append(self.senders.number(sender))
            self._message.append(message)
            self._purpose.append(purpose)
            self._at.append(when)
            seq = output.fields.get("seq")
            self._seq.append(float(seq) if isinstance(seq, int) else np.nan)

    def by_purpose(self) -> Mapping[str, Traces]:
        """Return those for each purpose."""
        if len(self.purposes) < 2:
            return dict.fromkeys(self.purposes.texts, self)
        return {
            purpose: self._within(np.frombuffer(self._purpose, np.int32) == number)
            for number, purpose in enumerate(self.purposes.texts)
        }

    def _within(self, rows: Flags) -> Traces:
        traces = Traces(self._case)
        traces.senders = self.senders
        for name in ("_sender", "_message", "_at", "_seq"):
            column: array[Any] = getattr(self, name)
            setattr(traces, name, array(column.typecode, np.asarray(column)[rows].tobytes()))
        fixed = rows[self.fixed]
        places = np.cumsum(rows) - 1
        traces._fixed = array("i", places[self.fixed[fixed]].astype(np.int32).tobytes())
        traces._latitude = array("d", np.asarray(self._latitude)[fixed].tobytes())
        traces._longitude = array("d", np.asarray(self._longitude)[fixed].tobytes())
        return traces

    def present(self) -> list[str]:
        """Return the senders that are there, by name."""
        return [self.senders.texts[number] for number in np.unique(self.sender).tolist()]

    def __len__(self) -> int:
        return len(self._sender)

    @cached_property
    def sender(self) -> Integers:
        """Number of the sender of each record."""
        return np.frombuffer(self._sender, np.int32).astype(np.int64)

    @cached_property
    def message(self) -> Integers:
        """Number of the message that each is."""
        return np.frombuffer(self._message, np.int32).astype(np.int64)

    @cached_property
    def at(self) -> Floats:
        """When each was observed, as the output says, simulated seconds."""
        return np.frombuffer(self._at, np.float64)

    @cached_property
    def seq(self) -> Floats:
        """Number that the device gave it, nan if the output does not say."""
        return np.frombuffer(self._seq, np.float64)

    @property
    def fixed(self) -> Integers:
        """Numbers of the records that hold a position, those of `fixes`."""
        return np.frombuffer(self._fixed, np.int32).astype(np.int64)

    @cached_property
    def fixes(self) -> Fixes:
        """The positions among them, by sender and on the clock of the town."""
        rows = self.fixed
        local = self.at[rows] + local_seconds(self._case.start) + DAY
        return Fixes(
            self.sender[rows],
            local,
            np.frombuffer(self._latitude, np.float64),
            np.frombuffer(self._longitude, np.float64),
        )

    @cached_property
    def owner(self) -> Integers:
        """The person whom each sender is, `NOBODY` for one that is of several people or of none."""
        known = self.message != NOBODY
        sender, person = self.sender[known], self._ground.person[self.message[known]].astype(np.int64)
        theirs = person != NOBODY
        owner = np.full(len(self.senders), NOBODY, np.int64)
        several = np.zeros(len(self.senders), bool)
        pairs = np.unique(np.column_stack([sender[theirs], person[theirs]]), axis=0)
        for who, whose in pairs.tolist():
            several[who] |= owner[who] not in (NOBODY, whose)
            owner[who] = whose
        owner[several] = NOBODY
        return owner


def position_of(output: Output) -> tuple[float, float] | None:
    """Return the position in a record, the most precise one if it has several; None if it has none."""
    fields = output.fields
    found: list[tuple[int, float, float]] = []
    for name in [name for name in fields if name.endswith(_LATITUDES)]:
        value = fields[name]
        prefix, _, last = name.rpartition(".")
        if last not in _LATITUDES:
            continue
        for other in _LONGITUDES:
            beside = fields.get(f"{prefix}.{other}" if prefix else other)
            north, east = number(value), number(beside)
            if north is not None and east is not None and abs(north) <= 90.0 and abs(east) <= 180.0:
                found.append((len(str(value)) + len(str(beside)), north, east))
    if not found:
        return None
    _, north, east = max(found)
    return north, east
