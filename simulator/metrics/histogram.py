"""A histogram of durations that costs a list append on the hot path."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

LOWEST: Final = 1e-6
"""Seconds; durations up to here count as this one."""

HIGHEST: Final = 600.0
"""Seconds; of durations above only the number and the greatest are known."""

_GROWTH: Final = 1.02
"""Greatest ratio of two neighbouring bounds. The geometric middle of a bucket is then at most
sqrt(1.02) - 1 = 0.995 % away from anything in it."""

BOUNDS: Final = (*(float(f"{digit}e{power}") for power in range(-6, 3) for digit in (1, 2, 5)), HIGHEST)
"""Seconds: 1, 2 and 5 of every decade. Each is the bound of a bucket, so counts up to one are exact."""


def _edges() -> npt.NDArray[np.float64]:
    pieces = [np.array([LOWEST])]
    for low, high in pairwise(BOUNDS):
        buckets = math.ceil(math.log(high / low) / math.log(_GROWTH))
        pieces.append(np.geomspace(low, high, buckets + 1)[1:])
    return np.concatenate(pieces)


_EDGES: Final = _edges()
# Bucket i holds what is above edge i - 1 and at most edge i, as Prometheus' `le` has it; the last one
# holds what is above HIGHEST.
_MIDDLES: Final = np.concatenate([[LOWEST], np.sqrt(_EDGES[:-1] * _EDGES[1:])])


class _Packed(msgspec.Struct, array_like=True):
    total: float
    max: float | None
    indices: list[int]
    counts: list[int]


_DECODER = msgspec.msgpack.Decoder(_Packed)


class Histogram:
    """Durations in logarithmic buckets, 1 µs to 600 s, off by at most 1 %; 8.6 kB whatever it holds.

    Attributes:
        record: takes a duration in seconds. It is the append of a list that `flush` empties, and every
            question flushes first; whoever records for long flushes each second.
    """

    __slots__ = ("_counts", "_max", "_pending", "_total", "record")

    record: Callable[[float], None]

    def __init__(self) -> None:
        self._pending: list[float] = []
        self.record = self._pending.append
        self._counts = np.zeros(len(_EDGES) + 1, dtype=np.int64)
        self._total = 0.0
        self._max: float | None = None

    def flush(self) -> None:
        """Move what was recorded into the buckets."""
        if not self._pending:
            return
        values = np.array(self._pending)
        self._pending.clear()
        self._counts += np.bincount(np.searchsorted(_EDGES, values), minlength=len(self._counts))
        self._total += float(values.sum())
        highest = float(values.max())
        self._max = highest if self._max is None else max(self._max, highest)

    def merge(self, other: Histogram) -> None:
        """Add what another histogram holds."""
        self.flush()
        other.flush()
        self._counts += other._counts
        self._total += other._total
        if other._max is not None:
            self._max = other._max if self._max is None else max(self._max, other._max)

    def since(self, earlier: Histogram) -> Histogram:
        """Return what was recorded since this histogram was what `earlier` is.

        The greatest of those durations is known as well as any other, off by at most 1 %.
        """
        self.flush()
        earlier.flush()
        new = Histogram()
        new._counts = np.maximum(self._counts - earlier._counts, 0)
        new._total = max(self._total - earlier._total, 0.0)
        if self._max is not None and (used := np.flatnonzero(new._counts)).size:
            last = int(used[-1])
            new._max = self._max if last >= len(_MIDDLES) else min(float(_MIDDLES[last]), self._max)
        return new

    @property
    def count(self) -> int:
        """How many durations were recorded."""
        self.flush()
        return int(self._counts.sum())

    @property
    def total(self) -> float:
        """The sum of all durations in seconds."""
        self.flush()
        return self._total

    @property
    def max(self) -> float | None:
        """The longest duration in seconds, exactly; None while there is none."""
        self.flush()
        return self._max

    @property
    def underflow(self) -> int:
        """How many durations were at most 1 µs."""
        self.flush()
        return int(self._counts[0])

    @property
    def overflow(self) -> int:
        """How many durations were above 600 s."""
        self.flush()
        return int(self._counts[-1])

    def percentile(self, percent: float) -> float | None:
        """Return the duration in seconds that `percent` of all durations do not exceed, off by at most 1 %.

        Nearest rank: 50 is the median, 99.9 leaves one in a thousand above it, 100 is the greatest.
        None while there is no duration; the greatest duration where the rank is above 600 s.
        """
        count = self.count
        if self._max is None:
            return None
        # The rounding keeps 99.9 % of 1,000 at rank 999, whatever the product's last bit says.
        rank = max(1, math.ceil(round(count * percent / 100, 6)))
        if rank >= count:
            return self._max
        bucket = int(np.searchsorted(np.cumsum(self._counts), rank))
        return self._max if bucket >= len(_MIDDLES) else min(float(_MIDDLES[bucket]), self._max)

    def at_most(self, bound: float) -> int:
        """Return how many durations were at most `bound` seconds, exactly if it is one of `BOUNDS`."""
        self.flush()
        return int(self._counts[: int(np.searchsorted(_EDGES, bound, side="right"))].sum())

    def pack(self) -> bytes:
        """Return the histogram in a compact form that can cross to another process."""
        self.flush()
        indices = np.flatnonzero(self._counts)
        packed = _Packed(self._total, self._max, indices.tolist(), self._counts[indices].tolist())
        return msgspec.msgpack.encode(packed)

    @classmethod
    def unpack(cls, data: bytes) -> Histogram:
        """Return the histogram that `pack` wrote."""
        packed = _DECODER.decode(data)
        histogram = cls()
        histogram._counts[packed.indices] = packed.counts
        histogram._total = packed.total
        histogram._max = packed.max
        return histogram
