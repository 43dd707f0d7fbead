"""The ground: what is true about each message of a run, in columns, so that millions fit in memory."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from simulator.core.readings import Span
from simulator.core.records import CanaryTruth, ConsentTruth, Outcome, PersonTruth, RequestTruth
from simulator.truth import RunFolder, read_people
from simulator.truth.reader import Row, Rows
from simulator.verify.fixes import Floats, Integers

NOBODY = -1

Keys = np.ndarray[Any, np.dtype[np.uint64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


class _Message(msgspec.Struct, gc=False):
    """What the checks need to know of a message."""

    id: str
    at: float
    observed: float
    device: str
    kind: str
    event: str
    person: str | None
    household: str | None
    place: str | None
    consent: tuple[str, ...] | None
    hazards: tuple[str, ...]
    expect: str
    facts: msgspec.Raw = msgspec.Raw(b"null")
    spans: tuple[Span, ...] = ()
    delete_by: float | None = None
    attack: str | None = None
    topic: str = ""


class _Delivered(msgspec.Struct, gc=False):
    id: str
    due: float
    outcome: Outcome
    acked: float | None = None


class Codes:
    """Numbers for texts, in order of their first appearance."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str | None, int] = {None: NOBODY}

    def number(self, text: str | None) -> int:
        """Return the number of a text, a new one for a new text; `NOBODY` for none."""
        number = self._numbers.get(text)
        if number is None and text is not None:
            number = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return NOBODY if number is None else number

    def known(self, text: str | None) -> int:
        """Return the number of a text; `NOBODY` for one that has none."""
        return self._numbers.get(text, NOBODY)

    def __len__(self) -> int:
        return len(self.texts)


class Ground:
    """What is true about a run. Messages are numbered in the order in which they were sent.

    Args:
        folder: of the run.

    Attributes:
        at, observed, delete_by: simulated seconds; the last is infinite for what need not be forgotten.
        person, household, device, kind, event, expect: numbers in `people`, `households`, `devices`, `kinds`,
            `events` and `expectations`; `NOBODY` where there is none.
        neighbourhood: number in `neighbourhoods`, that of the home or the place that a message is about.
        consent: number in `consents`, sets of purposes.
        delivered: whether the broker has it, as far as is known.
        lost: whether nothing was heard of it after it was sent.
        attack: number in `attacks` of the attack that it is part of.
        due: when it had to be sent, seconds of the load's clock; nan where that is not known.
        latency: seconds from then until the broker answered for it; nan where it did not.
        spans: where something personal stands in messages, by number of the message.
        topics: where the messages of attacks were published, by number of the message.
        visits: whose visit to a shop a shelf's message belongs to, by number of the message.
        everybody: who the people are, by number.
        canaries: those that were sent; empty if that is not known.

    Raises:
        RunFailedError: the truth cannot be read.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.people, self.households, self.devices = Codes(), Codes(), Codes()
        self.kinds, self.events, self.expectations = Codes(), Codes(), Codes()
        self.neighbourhoods, self.consents, self.attacks = Codes(), Codes(), Codes()
        self.spans: dict[int, tuple[Span, ...]] = {}
        self.visits: dict[int, str] = {}
        self.topics: dict[int, str] = {}
        self.everybody: list[PersonTruth] = []
        for row in read_people(folder):
            self.people.number(row.person)
            self.everybody.append(row)
        self._read_messages(folder)
        self._read_delivery(folder)
        self.changes: list[ConsentTruth] = _all(folder.consent, ConsentTruth)
        self.requests: list[RequestTruth] = _all(folder.requests, RequestTruth)
        self.canaries: list[CanaryTruth] = _all(folder.canaries, CanaryTruth)

    def __len__(self) -> int:
        return len(self.at)

    def find(self, ids: Iterable[str | None]) -> Integers:
        """Return the numbers of the messages with some ids; `NOBODY` for an id that no message has."""
        keys = np.fromiter(map(_key, ids), np.uint64)
        if not len(self._ids):
            return np.full(len(keys), NOBODY, np.int64)
        place = np.minimum(np.searchsorted(self._ids, keys), len(self._ids) - 1)
        found: Integers = np.where(self._ids[place] == keys, self._order[place], NOBODY)
        return found

    @property
    def first(self) -> Integers:
        """For each message the number of the first with the same id: of a copy, that of its model."""
        numbers = np.zeros(len(self), np.int64)
        numbers[self._order] = self._order[np.searchsorted(self._ids, self._ids)]
        return numbers

    def without(self, other: Ground) -> Integers:
        """Return the numbers of the messages that another run does not have."""
        numbers: Integers = self._order[~np.isin(self._ids, other._ids)]
        return numbers

    def agrees(self, purpose: str) -> Flags:
        """Return for each message whether its person agrees to a purpose; true where it is nobody's."""
        agreeing = np.array([purpose in text.split() for text in self.consents.texts] + [True])
        flags: Flags = agreeing[self.consent]
        return flags

    def simulated(self, received: Floats) -> Floats:
        """Return the simulated seconds that moments of the load's clock stand for; nan if that is unknown.

        By the messages that were due around them.
        """
        due, at = self._clock
        if len(due) < 2:
            return np.full(len(received), np.nan)
        # Beyond the last message the clock goes on at its mean pace.
        pace = (at[-1] - at[0]) / max(due[-1] - due[0], 1e-9)
        inside = np.interp(received, due, at)
        moments: Floats = inside + np.maximum(received - due[-1], 0.0) * pace
        return moments

    def wall(self, at: Floats | float) -> Floats:
        """Return the moments of the load's clock that stand for simulated seconds; nan if that is unknown."""
        due, sent = self._clock
        if len(due) < 2:
            return np.full(np.shape(at), np.nan)
        # Before the first message and beyond the last the clock goes at its mean pace.
        pace = max((due[-1] - due[0]) / max(sent[-1] - sent[0], 1e-9), 1e-9)
        outside = np.minimum(at - sent[0], 0.0) + np.maximum(at - sent[-1], 0.0)
        moments: Floats = np.asarray(np.interp(at, sent, due) + outside * pace)
        return moments

    def withdrawn_at(self, purpose: str) -> Mapping[int, list[tuple[float, bool]]]:
        """Return when each person's answer about a purpose changed, and what it is from then on."""
        told: dict[int, list[tuple[float, bool]]] = {}
        for row in self.changes:
            person = self.people.known(row.person)
            if person != NOBODY:
                told.setdefault(person, []).append((row.at, purpose in row.purposes))
        return {person: sorted(answers) for person, answers in told.items()}

    def _read_messages(self, folder: RunFolder) -> None:
        ids, at, observed, delete_by = array("Q"), array("d"), array("d"), array("d")
        columns = {name: array("i") for name in _COLUMNS}
        (person, household, device, kind, event, expect, neighbourhood, consent, attack) = columns.values()
        decode = msgspec.json.Decoder(dict[str, Any]).decode
        for number, row in enumerate(Rows(folder.messages, _Message)):
            ids.append(_key(row.id))
            at.append(row.at)
            observed.append(row.observed)
            delete_by.append(math.inf if row.delete_by is None else row.delete_by)
            person.append(self.people.number(row.person))
            household.append(self.households.number(row.household))
            device.append(self.devices.number(row.device))
            kind.append(self.kinds.number(row.kind))
            event.append(self.events.number(row.event))
            expect.append(self.expectations.number(row.expect))
            where = row.household or row.place or row.person
            neighbourhood.append(self.neighbourhoods.number(where and where.split("-", 1)[0]))
            consent.append(NOBODY if row.consent is None else self.consents.number(" ".join(row.consent)))
            attack.append(self.attacks.number(row.attack))
            if row.attack is not None:
                self.topics[number] = row.topic
            if row.spans:
                self.spans[number] = row.spans
            if row.person is not None and b'"visit"' in bytes(row.facts):
                self.visits[number] = str(decode(row.facts).get("visit"))
        self._strangers = self.people.texts[len(self.everybody) :]
        self.everybody += [
            PersonTruth(who, "", "", 0, "", "", 0.0, (0.0, 0.0), None) for who in self._strangers
        ]
        self.at: Floats = np.frombuffer(at, np.float64) if at else np.zeros(0)
        self.delete_by: Floats = np.frombuffer(delete_by, np.float64) if at else np.zeros(0)
        self.observed: Floats = np.frombuffer(observed, np.float64) if at else np.zeros(0)
        for name, column in columns.items():
            setattr(self, name, np.frombuffer(column, np.int32) if at else np.zeros(0, np.int32))
        keys: Keys = np.frombuffer(ids, np.uint64) if at else np.zeros(0, np.uint64)
        # The first of two messages with one id: the second is a copy that a fault made.
        self._order = np.argsort(keys, kind="stable")
        self._ids = keys[self._order]

    person: Integers
    household: Integers
    device: Integers
    kind: Integers
    event: Integers
    expect: Integers
    neighbourhood: Integers
    consent: Integers
    attack: Integers

    def _read_delivery(self, folder: RunFolder) -> None:
        self.delivered: Flags = np.ones(len(self), bool)
        self.lost: Flags = np.zeros(len(self), bool)
        self.due: Floats = np.full(len(self), np.nan)
        self.latency: Floats = np.full(len(self), np.nan)
        self._clock: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))
        if not folder.delivery.is_file():
            return
        ids, due, answered = array("Q"), array("d"), array("d")
        arrived, lost = bytearray(), bytearray()
        for row in Rows(folder.delivery, _Delivered):
            ids.append(_key(row.id))
            due.append(row.due)
            answered.append(math.nan if row.acked is None else row.acked)
            arrived.append(row.outcome.delivered)
            lost.append(row.outcome is Outcome.LOST)
        if not ids or not len(self):
            return
        keys = np.frombuffer(ids, np.uint64)
        place = np.minimum(np.searchsorted(self._ids, keys), len(self._ids) - 1)
        known = self._ids[place] == keys
        number = self._order[place[known]]
        self.delivered[:] = False
        # Of two messages with one id, of which one is a copy, it is enough that one arrived, and the first
        # tells how long it took.
        np.logical_or.at(self.delivered, number, np.frombuffer(arrived, np.uint8)[known] > 0)
        self.lost[number] = np.frombuffer(lost, np.uint8)[known] > 0
        self.lost &= ~self.delivered
        first = number[::-1]
        self.due[first] = np.frombuffer(due, np.float64)[known][::-1]
        self.latency[first] = np.frombuffer(answered, np.float64)[known][::-1] - self.due[first]
        self._foreign_deliveries = int((~known).sum())
        told = np.flatnonzero(~np.isnan(self.due))
        told = told[np.argsort(self.due[told], kind="stable")]
        self._clock = (self.due[told], np.maximum.accumulate(self.at[told]) if len(told) else self.at[told])

    _foreign_deliveries: int = 0
    _strangers: Sequence[str] = ()

    @property
    def foreign(self) -> Iterator[str]:
        """Why these files are not of one run; nothing if they are."""
        if self._strangers:
            yield (
                f"messages.jsonl tells of {self._strangers[0]}, who is not in people.jsonl: the truth is of "
                "two runs"
            )
        if self._foreign_deliveries:
            yield (
                f"delivery.jsonl tells of {self._foreign_deliveries:,} messages that messages.jsonl does not "
                "know: the truth is of two runs"
            )


_COLUMNS = ("person", "household", "device", "kind", "event", "expect", "neighbourhood", "consent", "attack")


def answer_at(answers: list[tuple[float, bool]], at: float) -> tuple[float, bool] | None:
    """Return since when a person's answer stands at a moment, and what it is; None before the first."""
    place = bisect_right(answers, at, key=lambda answer: answer[0]) - 1
    if place < 0:
        return None
    given = answers[place][1]
    while place and answers[place - 1][1] == given:
        place -= 1
    return answers[place][0], given


def local_seconds(start: datetime) -> float:
    """Return the seconds of the local day at which a run starts."""
    return start.hour * 3600.0 + start.minute * 60.0 + start.second + start.microsecond * 1e-6


def _all(path: Path, row: type[Row]) -> list[Row]:
    """Return all rows of a file; none if there is none."""
    return list(Rows(path, row)) if path.is_file() else []


def _key(text: str | None) -> int:
    """Return the number that a message's id is; that of no id, most likely, for anything else."""
    if type(text) is str and len(text) == 16:
        try:
            return int(text, 16)
        except ValueError:
            return 0
    return 0
