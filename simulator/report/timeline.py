"""How a run went from second to second: ``timeline.jsonl``, which stays small however long the run lasts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import TracebackType
from typing import Annotated, Self

import msgspec

from simulator.core.errors import RunFailedError
from simulator.metrics import Counts, Histogram, Snapshot, Tally
from simulator.truth import Rows, RunFolder, writing

RESOLUTION = 1.0
"""Seconds of a stretch, until there are too many of them."""

MOST_STRETCHES = 240
"""Stretches that are kept; when there are more, each two become one of twice the length."""

Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e10)]
"""Up to some centuries, so that the calendar has them."""

Count = Annotated[int, msgspec.Meta(ge=0)]

Milliseconds = Annotated[float, msgspec.Meta(ge=0)]

_MILLISECOND = 0.001
_SLACK = 0.05
"""Seconds by which a report of how the run stands may come early."""


class Spread(msgspec.Struct, frozen=True, omit_defaults=True):
    """Percentiles of one stretch in milliseconds, off by at most 1 %; None if nothing was measured.

    Attributes:
        p50, p90, p99: half, 90 % and 99 % were at most this.
        max: the greatest.
    """

    p50: Milliseconds | None = None
    p90: Milliseconds | None = None
    p99: Milliseconds | None = None
    max: Milliseconds | None = None

    @classmethod
    def of(cls, histogram: Histogram) -> Self:
        """Return the percentiles of a histogram."""
        seconds = (histogram.percentile(percent) for percent in (50, 90, 99, 100))
        return cls(*(None if value is None else round(value * 1000, 3) for value in seconds))


class Stretch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened in a stretch of a run; messages are counted when they come due, and when they end.

    Attributes:
        at: when it ended, in seconds of the load's clock, whose second 0 is the manifest's `origin`.
        seconds: how long it was.
        simulated: where the simulated clock was then, in seconds since the scenario's start.
        due: messages that came due in it.
        sent: those that were sent.
        delivered: those that the broker is known to have.
        refused: those that the broker said no to.
        dropped: those that were given up before they were sent.
        lost: those that were sent, and nothing was heard of them.
        refused: those that the broker said no to.
        dropped: those that were given up before they were sent.
        lost: those that were sent, and never answered for.
        late: those that were sent late.
        kinds: messages that were delivered, by device kind.
        connections: at its end, by state; states in which none is are left out.
        broken: connections that broke.
        reconnected: those that came back.
        queue: messages that were due and waited to be sent, at its end.
        in_flight: those that were sent and waited for the broker's answer.
        publish: from due to the broker's answer.
        end_to_end: from due to a subscriber who witnesses the message.
        lag: from due to sent.
    """

    at: Seconds
    seconds: Seconds
    simulated: Seconds
    due: Count = 0
    sent: Count = 0
    delivered: Count = 0
    refused: Count = 0
    dropped: Count = 0
    lost: Count = 0
    late: Count = 0
    kinds: Mapping[str, Count] = msgspec.field(default_factory=dict)
    connections: Mapping[str, Count] = msgspec.field(default_factory=dict)
    broken: Count = 0
    reconnected: Count = 0
    queue: Count = 0
    in_flight: Count = 0
    publish: Spread = Spread()
    end_to_end: Spread = Spread()
    lag: Spread = Spread()

    @property
    def start(self) -> float:
        """When it began."""
        return self.at - self.seconds

    def rate(self, count: int) -> float:
        """Return how many a second a count of it is."""
        return count / self.seconds if self.seconds > 0 else 0.0


@dataclass(slots=True)
class _Mark:
    """A run at the end of a stretch, with the durations that were recorded in the stretch.

    Counts go on from the start of the run, so that two stretches become one by leaving out the mark between
    them; durations cannot be left out, and are added.
    """

    at: float
    simulated: float
    totals: Counts
    kinds: dict[str, int]
    connections: Mapping[str, int]
    broken: int
    reconnected: int
    queue: int
    in_flight: int
    publish: Histogram
    end_to_end: Histogram
    lag: Histogram

    @classmethod
    def of(cls, at: float, now: Snapshot, before: Tally) -> Self:
        tally = now.tally
        return cls(
            at=at,
            simulated=now.simulated_seconds,
            totals=tally.totals(),
            kinds={kind: counts.delivered for kind, counts in tally.by_kind().items()},
            connections={state: count for state, count in now.connections.items() if count},
            broken=now.connections_lost,
            reconnected=now.reconnects,
            queue=now.queue_depth,
            in_flight=now.in_flight,
            publish=tally.publish_latency.since(before.publish_latency),
            end_to_end=tally.end_to_end.since(before.end_to_end),
            lag=tally.lag.since(before.lag),
        )

    def absorb(self, former: _Mark) -> None:
        """Become the end of a stretch that has the former one in it."""
        for own, theirs in (
            (self.publish, former.publish),
            (self.end_to_end, former.end_to_end),
            (self.lag, former.lag),
        ):
            own.merge(theirs)

    def stretch(self, former: _Mark) -> Stretch:
        """Return what happened since the former mark."""
        now, then = self.totals, former.totals
        kinds = {kind: count - former.kinds.get(kind, 0) for kind, count in self.kinds.items()}
        return Stretch(
            at=round(self.at, 3),
            seconds=round(self.at - former.at, 3),
            simulated=round(self.simulated, 3),
            due=max(now.due - then.due, 0),
            sent=max(now.sent - then.sent, 0),
            delivered=max(now.delivered - then.delivered, 0),
            refused=max(now.refused - then.refused, 0),
            dropped=max(now.dropped - then.dropped, 0),
            lost=max(now.lost - then.lost, 0),
            late=max(now.late - then.late, 0),
            kinds={kind: count for kind, count in kinds.items() if count > 0},
            connections=self.connections,
            broken=max(self.broken - former.broken, 0),
            reconnected=max(self.reconnected - former.reconnected, 0),
            queue=self.queue,
            in_flight=self.in_flight,
            publish=Spread.of(self.publish),
            end_to_end=Spread.of(self.end_to_end),
            lag=Spread.of(self.lag),
        )


class Timeline:
    """Writes the timeline of a run as it goes on; use it in a ``with``.

    The file has whole rows whenever the run is killed.

    Args:
        folder: of the run.

    Raises:
        RunFailedError: the file cannot be written, now or later.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.timeline
        self._resolution = RESOLUTION
        self._tally = Tally()
        self._marks = [_Mark.of(0.0, Snapshot(), self._tally)]
        with writing(self._path):
            self._file = self._path.open("ab", buffering=0)

    def note(self, at: float, now: Snapshot) -> None:
        """Take how the run stands at a second of the load's clock; most of what is told is not needed."""
        if at - self._marks[-1].at >= self._resolution - _SLACK:
            self.finish(at, now)

    def finish(self, at: float, now: Snapshot) -> None:
        """End the present stretch here, however short it is."""
        former = self._marks[-1]
        if at <= former.at:
            return
        # Rows tell the time in milliseconds, and no two tell the same.
        at = max(at, former.at + _MILLISECOND)
        self._marks.append(_Mark.of(at, now, self._tally))
        self._tally = now.tally.copy()
        if len(self._marks) > MOST_STRETCHES:
            self._halve()
        else:
            with writing(self._path):
                self._file.write(_row(self._marks[-1].stretch(former)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _halve(self) -> None:
        """Let each two stretches be one, in the file too."""
        first, *marks = self._marks
        self._marks = [first]
        for former, mark in zip(marks[::2], marks[1::2], strict=False):
            mark.absorb(former)
            self._marks.append(mark)
        if len(marks) % 2:
            self._marks.append(marks[-1])
        self._resolution *= 2
        rows = [later.stretch(former) for former, later in pairwise(self._marks)]
        # Not by RunFolder.write: nobody waits for a disk in the middle of a load.
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with writing(self._path):
            self._file.close()
            draft.write_bytes(b"".join(map(_row, rows)))
            draft.replace(self._path)
            self._file = self._path.open("ab", buffering=0)


def read_timeline(folder: RunFolder) -> list[Stretch]:
    """Return the stretches of a run in order, also of one that was killed; none if it has no timeline.

    Raises:
        RunFailedError: the file cannot be read, or is no timeline.
    """
    if not folder.timeline.exists():
        return []
    stretches = list(Rows(folder.timeline, Stretch))
    if any(later.at <= former.at for former, later in pairwise(stretches)):
        raise RunFailedError(f"{folder.timeline} is no timeline of a run: its times do not go on")
    return stretches


def _row(stretch: Stretch) -> bytes:
    return msgspec.json.encode(stretch) + b"\n"
