"""How long to wait before the next connection attempt."""

from __future__ import annotations

from simulator.core.seeds import Draws


class Backoff:
    """Exponential backoff with full jitter, capped.

    Each wait is uniform between 0 and a bound that doubles from attempt to attempt, which spreads the
    reconnects of a fleet better than any narrower jitter (M. Brooker, "Exponential Backoff And Jitter",
    AWS Architecture Blog, 2015).

    Args:
        first: bound of the first wait, in seconds.
        cap: largest bound, in seconds.
        draws: the stream that the waits are drawn from.
    """

    __slots__ = ("_attempt", "_cap", "_draws", "_first")

    def __init__(self, first: float, cap: float, draws: Draws) -> None:
        self._first = first
        self._cap = cap
        self._draws = draws
        self._attempt = 0

    @property
    def bound(self) -> float:
        """The most that the next wait can be, in seconds."""
        # 2**60 is beyond any cap; a larger power would only overflow.
        return min(self._cap, self._first * 2.0 ** min(self._attempt, 60))

    def next(self) -> float:
        """Return the seconds to wait before the next attempt."""
        wait = self._draws.uniform(0.0, self.bound)
        self._attempt += 1
        return wait

    def reset(self) -> None:
        """Start anew, after a connection that held."""
        self._attempt = 0
