"""When to look after which session: a heap, so that idle sessions cost nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Generic, Protocol, TypeVar


class Sleeper(Protocol):
    """What timers wake.

    Attributes:
        alarms: its times in the heap, earliest last; kept by `Timers`, empty at first.
        wake_at: the earliest of them, infinite if there is none.
    """

    alarms: list[float]
    wake_at: float


SleeperT = TypeVar("SleeperT", bound=Sleeper)


class Timers(Generic[SleeperT]):
    """Wakes sleepers at the time they asked for, or earlier.

    Asking for a time later than one already set costs nothing: the sleeper is woken too early then and
    asks again. So a deadline that moves on with every message needs no new entry for each.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, SleeperT]] = []
        self._count = 0

    def wake(self, sleeper: SleeperT, at: float) -> None:
        """Wake the sleeper at `at` or earlier."""
        if at < sleeper.wake_at:
            sleeper.wake_at = at
            sleeper.alarms.append(at)
            self._count += 1  # ties must not fall to comparing sleepers
            heappush(self._heap, (at, self._count, sleeper))

    def wait(self, now: float, longest: float) -> float:
        """Return how long nothing is due: at most `longest`, at least 0, in seconds."""
        return max(0.0, min(longest, self._heap[0][0] - now)) if self._heap else longest

    def due(self, now: float) -> Iterator[SleeperT]:
        """Yield the sleepers whose time has come."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            sleeper = heappop(heap)[2]
            sleeper.alarms.pop()
            sleeper.wake_at = sleeper.alarms[-1] if sleeper.alarms else math.inf
            yield sleeper
