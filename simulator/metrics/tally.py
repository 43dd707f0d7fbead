"""How the messages of a run fared: plain counts, kept while it runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from simulator.core.records import Delivered, Outcome
from simulator.metrics.histogram import Histogram

LATE_AFTER = 0.1
"""Seconds after its due time from which a message that is sent counts as late."""

_ACKNOWLEDGED = Outcome.ACKNOWLEDGED  # looked up for every message, which takes long in an enumeration
_RECEIVED = Outcome.RECEIVED

K = TypeVar("K")


class Message(Protocol):
    """What a message is counted by; a publish and the truth about it have it alike."""

    @property
    def kind(self) -> str:
        """Device family."""

    @property
    def event(self) -> str:
        """What it is about."""

    @property
    def qos(self) -> int:
        """QoS that it is published with."""


class Counts(msgspec.Struct):
    """How some messages fared. Every message due ends in exactly one of five ways.

    Attributes:
        due: had to be sent, whether they could be or not.
        sent: handed to the kernel.
        acknowledged: the broker answered for them.
        received: the broker has them, though it answered for none of them; see `Outcome`.
        refused: the broker said no.
        dropped: given up before they were sent.
        lost: sent, and never answered for.
        late: sent more than the tally's `late_after` seconds after they were due.
        duplicated: sent more than once, so that a subscriber may hold them twice.
    """

    due: int = 0
    sent: int = 0
    acknowledged: int = 0
    received: int = 0
    refused: int = 0
    dropped: int = 0
    lost: int = 0
    late: int = 0
    duplicated: int = 0

    @property
    def finished(self) -> int:
        """How many messages have ended; equal to `due` when a run is over."""
        return self.delivered + self.refused + self.dropped + self.lost

    @property
    def delivered(self) -> int:
        """How many messages the broker is known to have."""
        return self.acknowledged + self.received

    def outcome(self, outcome: Outcome) -> int:
        """Return how many messages ended so."""
        match outcome:
            case Outcome.ACKNOWLEDGED:
                return self.acknowledged
            case Outcome.RECEIVED:
                return self.received
            case Outcome.REFUSED:
                return self.refused
            case Outcome.DROPPED:
                return self.dropped
            case Outcome.LOST:
                return self.lost

    def add(self, other: Counts) -> None:
        """Add the counts of other messages."""
        self.due += other.due
        self.sent += other.sent
        self.acknowledged += other.acknowledged
        self.received += other.received
        self.refused += other.refused
        self.dropped += other.dropped
        self.lost += other.lost
        self.late += other.late
        self.duplicated += other.duplicated


class Slowest(msgspec.Struct, frozen=True, array_like=True):
    """The message that took longest to be answered for, of those that were looked at.

    Attributes:
        id: of the message.
        seconds: from due to the broker's answer.
    """

    id: str
    seconds: float


class _Packed(msgspec.Struct, array_like=True):
    late_after: float
    commands: int
    cells: list[tuple[str, str, int, Counts]]
    histograms: tuple[bytes, bytes, bytes, bytes]
    slowest: Slowest | None


_DECODER = msgspec.msgpack.Decoder(_Packed)


class Tally:
    """Counts every message of a run, or of a shard; tallies of shards add up to the run's.

    One thread keeps a tally. Whoever reads it elsewhere gets a `copy`, or its packed form.

    Attributes:
        late_after: seconds.
        commands: messages that the broker brought to the devices' own subscriptions.
        publish_latency: from due to the broker's answer.
        end_to_end: from due to a subscriber who witnesses it; empty while there is no witness.
        lag: from due to sent, whoever is to blame: generator, connection or broker.
        behind: from due to the moment the generator handed it over; the generator alone is to blame.
        slowest: an example of a message that took long, for whoever wants to look it up.
    """

    def __init__(self, late_after: float = LATE_AFTER) -> None:
        self.late_after = late_after
        self.commands = 0
        self.publish_latency = Histogram()
        self.end_to_end = Histogram()
        self.lag = Histogram()
        self.behind = Histogram()
        self.slowest: Slowest | None = None
        self._slow = 0.0  # what a message must exceed to be the example
        self._cells: defaultdict[tuple[str, str, int], Counts] = defaultdict(Counts)

    def due(self, publish: Message, behind: float | None = None) -> None:
        """Count a message that has come due, handed over `behind` seconds later than that, if known."""
        self._cells[publish.kind, publish.event, publish.qos].due += 1
        if behind is not None:
            self.behind.record(behind)

    def finished(self, publish: Message, delivered: Delivered) -> None:
        """Count how a message ended; called once a message."""
        cell = self._cells[publish.kind, publish.event, publish.qos]
        sent = delivered.sent
        if sent is not None:
            cell.sent += 1
            lag = sent - delivered.due
            self.lag.record(lag)
            if lag > self.late_after:
                cell.late += 1
            if delivered.attempts > 1:
                cell.duplicated += 1
        outcome = delivered.outcome
        if outcome is _ACKNOWLEDGED or outcome is _RECEIVED:
            if outcome is _ACKNOWLEDGED:
                cell.acknowledged += 1
            else:
                cell.received += 1
            if delivered.acked is not None:
                latency = delivered.acked - delivered.due
                self.publish_latency.record(latency)
                if latency > self._slow:
                    self._slow = latency
                    self.slowest = Slowest(delivered.id, latency)
        elif outcome is Outcome.LOST:
            cell.lost += 1
        elif outcome is Outcome.DROPPED:
            cell.dropped += 1
        else:
            cell.refused += 1

    def flush(self) -> None:
        """Move what was recorded into the histograms' buckets; call it each second."""
        for histogram in self._histograms():
            histogram.flush()

    def look_anew(self) -> None:
        """Look for another example of a slow message; the last one remains until there is one."""
        self._slow = 0.0

    def totals(self) -> Counts:
        """Return the counts of all messages."""
        return self._by(lambda kind, event, qos: None).get(None, Counts())

    def by_kind(self) -> dict[str, Counts]:
        """Return the counts of each device kind."""
        return self._by(lambda kind, event, qos: kind)

    def by_event(self) -> dict[tuple[str, str], Counts]:
        """Return the counts of each (kind, event)."""
        return self._by(lambda kind, event, qos: (kind, event))

    def by_qos(self) -> dict[tuple[str, int], Counts]:
        """Return the counts of each (kind, QoS)."""
        return self._by(lambda kind, event, qos: (kind, qos))

    def merge(self, other: Tally) -> None:
        """Add what another tally counted."""
        self.commands += other.commands
        for key, counts in other._cells.items():
            self._cells[key].add(counts)
        for mine, theirs in zip(self._histograms(), other._histograms(), strict=True):
            mine.merge(theirs)
        if other.slowest and (self.slowest is None or other.slowest.seconds > self.slowest.seconds):
            self.slowest = other.slowest

    def copy(self) -> Tally:
        """Return a tally of the same counts that no longer changes with this one."""
        copy = Tally(self.late_after)
        copy.merge(self)
        return copy

    def pack(self) -> bytes:
        """Return the tally in a compact form that can cross to another process."""
        cells = [(*key, counts) for key, counts in self._cells.items()]
        latency, end_to_end, lag, behind = (histogram.pack() for histogram in self._histograms())
        histograms = (latency, end_to_end, lag, behind)
        packed = _Packed(self.late_after, self.commands, cells, histograms, self.slowest)
        return msgspec.msgpack.encode(packed)

    @classmethod
    def unpack(cls, data: bytes) -> Tally:
        """Return the tally that `pack` wrote."""
        packed = _DECODER.decode(data)
        tally = cls(packed.late_after)
        tally.commands = packed.commands
        for kind, event, qos, counts in packed.cells:
            tally._cells[kind, event, qos] = counts
        for histogram, form in zip(tally._histograms(), packed.histograms, strict=True):
            histogram.merge(Histogram.unpack(form))
        tally.slowest = packed.slowest
        return tally

    def __reduce__(self) -> tuple[Callable[[bytes], Tally], tuple[bytes]]:
        """Cross to another process in the packed form."""
        return Tally.unpack, (self.pack(),)

    def _histograms(self) -> tuple[Histogram, Histogram, Histogram, Histogram]:
        return self.publish_latency, self.end_to_end, self.lag, self.behind

    def _by(self, key: Callable[[str, str, int], K]) -> dict[K, Counts]:
        groups: defaultdict[K, Counts] = defaultdict(Counts)
        for cell, counts in self._cells.items():
            groups[key(*cell)].add(counts)
        return dict(groups)
