"""When to look after which session: a heap, so that idle sessions cost nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Generic, Protocol, TypeVar


class Sleeper(Protocol):
    """What a timer wakes. It has one alarm; `wake_at` is its time, infinite when there is none."""

    wake_at: float


SleeperT = TypeVar("SleeperT", bound=Sleeper)


class Timers(Generic[SleeperT]):
    """One alarm for each sleeper. Setting and taking cost O(log n); moving one later costs nothing."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, SleeperT]] = []
        self._count = 0

    def wake(self, sleeper: SleeperT, at: float) -> None:
        """Wake the sleeper at `at`, or when it is to be woken already if that is earlier."""
        if at < sleeper.wake_at:
            sleeper.wake_at = at
            self._count += 1
            heappush(self._heap, (at, self._count, sleeper))

    def wait(self, now: float, longest: float) -> float:
        """Return how long nothing is due: at most `longest`, at least 0, in seconds."""
        return max(0.0, min(longest, self._heap[0][0] - now)) if self._heap else longest

    def due(self, now: float) -> Iterator[SleeperT]:
        """Yield the sleepers whose time has come; each then has no alarm until it sets one."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, _, sleeper = heappop(heap)
            if at == sleeper.wake_at:  # else it was woken by an earlier alarm
                sleeper.wake_at = math.inf
                yield sleeper
