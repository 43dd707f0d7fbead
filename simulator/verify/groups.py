"""Groups: what an aggregate says about a stretch of time, and what is true about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

import msgspec
import numpy as np

from simulator.core.units import HOUR, MINUTE
from simulator.verify.fixes import Integers
from simulator.verify.ground import NOBODY, Codes, Flags, Ground
from simulator.verify.output import Output, moment, number

STARTS = ("window_start", "start", "from", "window", "hour", "bucket", "since")
ENDS = ("window_end", "end", "to", "until")
LENGTHS = ("window_seconds", "seconds", "length")
COUNTS = ("count", "messages", "n")
PEOPLE = ("people", "persons", "devices", "users", "subjects")
MEANS = ("mean", "average", "avg")

_SHORTEST, _LONGEST = 1.0, 1e9
"""Seconds of a stretch of time that makes sense."""

_MOST = 1e12
"""Beyond what anybody counts."""

_SINCE_1970 = 1e8
"""A greater number is seconds since 1970, a smaller one seconds since the start of the run."""


class Group(msgspec.Struct, frozen=True, gc=False):
    """What one record says about a group of messages.

    Attributes:
        start: simulated seconds at which its stretch of time begins.
        length: of that, seconds; None if the record does not say.
        keys: names and values of what the messages have in common.
        count: how many messages, None if it does not say; likewise the rest.
        people: how many people or devices they are from.
        mean: of their values.
        sink, row: of the record.
    """

    start: float
    length: float | None
    keys: tuple[tuple[str, str], ...]
    count: float | None
    people: float | None
    mean: float | None
    sink: str
    row: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what its messages have in common."""
        return tuple(name for name, _ in self.keys)


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What is true about a group: how many messages of how many people."""

    messages: int
    people: int


def read_group(output: Output, start: datetime) -> Group | None:
    """Return what a record says about a group; None if it is about no stretch of time, or says nothing.

    Args:
        output: the record.
        start: when the run started.
    """
    count, people, mean = (_measure(output, names) for names in (COUNTS, PEOPLE, MEANS))
    if count is None and people is None and mean is None:
        return None
    begins = moment(output.first(STARTS))
    if begins is None:
        return None
    since = start.timestamp()
    if begins > _SINCE_1970:
        begins -= since
    length = number(output.first(LENGTHS))
    ends = moment(output.first(ENDS))
    if length is None and ends is not None:
        length = (ends - since if ends > _SINCE_1970 else ends) - begins
    if length is not None and not _SHORTEST <= length <= _LONGEST:
        length = None
    fields = output.fields
    keys = tuple((name, str(fields[name])) for name in _COLUMNS if name in fields)
    return Group(begins, length, keys, count, people, mean, output.sink, output.row)


def _measure(output: Output, names: Sequence[str]) -> float | None:
    """Return the number in one of some fields; what is beyond all bounds is as wrong at the bound."""
    found = number(output.first(names))
    return None if found is None else min(max(found, -_MOST), _MOST)


class Answers:
    """What is true about groups.

    Args:
        ground: what is true about messages.
        messages: which of them count; all that the broker has if left out.
    """

    def __init__(self, ground: Ground, messages: Flags | None = None) -> None:
        self._ground = ground
        self._messages = ground.delivered if messages is None else messages
        self._tables: dict[tuple[float, float, tuple[str, ...]], Mapping[tuple[int, ...], Answer]] = {}

    def of(self, group: Group, length: float) -> Answer:
        """Return what is true about a group whose stretch of time has a length in seconds."""
        table = self.table(length, group.start % length, group.names)
        return table.get(self.key(group, length), Answer(0, 0))

    def key(self, group: Group, length: float) -> tuple[int, ...]:
        """Return the key of a group in the table of its kind."""
        window = round((group.start - group.start % length) / length)
        return (window, *(self._code(name, value) for name, value in group.keys))

    def table(self, length: float, offset: float, names: Sequence[str]) -> Mapping[tuple[int, ...], Answer]:
        """Return all groups of one kind that there are, by the numbers of their time and values."""
        key = (length, round(offset, 3), tuple(names))
        if key not in self._tables:
            self._tables[key] = self._count(length, offset, names)
        return self._tables[key]

    def knows(self, group: Group) -> bool:
        """Return whether a group can be one of this run: its time and what its messages have in common."""
        inside = -HOUR <= group.start <= self._last + HOUR
        return inside and all(self._code(name, value) != NOBODY for name, value in group.keys)

    @cached_property
    def _last(self) -> float:
        return float(self._ground.observed.max()) if len(self._ground) else -np.inf

    def _count(self, length: float, offset: float, names: Sequence[str]) -> Mapping[tuple[int, ...], Answer]:
        ground = self._ground
        rows = np.flatnonzero(self._messages)
        windows = np.floor((ground.observed[rows] - offset) / length).astype(np.int64)
        columns = [windows, *(self._column(name)[rows].astype(np.int64) for name in names)]
        if not len(rows):
            return {}
        groups, place, counts = np.unique(
            np.column_stack(columns), axis=0, return_inverse=True, return_counts=True
        )
        person = ground.person[rows]
        theirs = person != NOBODY
        pairs = np.unique(place.reshape(-1)[theirs] * (len(ground.people) + 1) + person[theirs])
        people = np.bincount(pairs // (len(ground.people) + 1), minlength=len(groups))
        return {
            tuple(group): Answer(count, heads)
            for group, count, heads in zip(groups.tolist(), counts.tolist(), people.tolist(), strict=True)
        }

    def _column(self, name: str) -> Integers:
        column: Integers = getattr(self._ground, _COLUMNS[name])
        return column

    def _code(self, name: str, value: str) -> int:
        codes: Codes = getattr(self._ground, _CODES[_COLUMNS[name]])
        return codes.known(value)


_COLUMNS: Mapping[str, str] = {
    "neighbourhood": "neighbourhood",
    "kind": "kind",
    "device_kind": "kind",
    "event": "event",
    "household": "household",
    "person": "person",
    "device": "device",
}
"""Fields that a group may be by, and the column of the truth that each is."""

_CODES: Mapping[str, str] = {
    "neighbourhood": "neighbourhoods",
    "kind": "kinds",
    "event": "events",
    "household": "households",
    "person": "people",
    "device": "devices",
}


def usual_length(groups: Iterable[Group]) -> Callable[[Group], float]:
    """Return what tells how long a group's stretch of time is: its own, or the least step of starts."""
    starts = np.unique([group.start for group in groups])
    steps = np.diff(starts)
    steps = steps[steps >= MINUTE / 60]
    usual = float(steps.min()) if len(steps) else HOUR
    return lambda group: group.length if group.length and group.length > 0 else usual
