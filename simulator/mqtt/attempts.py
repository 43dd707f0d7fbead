"""A session's attempts to be connected, and what the counts of all sessions make of them."""

from __future__ import annotations

from simulator.mqtt.backoff import Backoff
from simulator.mqtt.counts import Tally
from simulator.mqtt.options import DeliveryOptions


class Attempts:
    """Counts the attempts of one session, and says how long to wait before the next.

    Args:
        options: patience.
        tally: counts shared by all sessions.
        backoff: the waits of a device that backs off.

    Attributes:
        count: attempts since the device asked.
        reached: whether the broker has accepted one of them.
        connected_at: when it last did, None if it never has.
    """

    __slots__ = (
        "_backoff",
        "_backs_off",
        "_options",
        "_tally",
        "_untried",
        "connected_at",
        "count",
        "reached",
    )

    def __init__(self, options: DeliveryOptions, tally: Tally, backoff: Backoff) -> None:
        self.count = 0
        self.reached = False
        self.connected_at: float | None = None
        self._options = options
        self._tally = tally
        self._backoff = backoff
        self._backs_off = True
        self._untried = False

    def begin(self, backs_off: bool) -> bool:
        """The device asks for a connection; return whether the cap on connections leaves it one."""
        tally = self._tally
        tally.asked += 1
        if tally.open >= self._options.limits.connections:
            tally.capped += 1
            return False
        tally.untried += 1
        tally.open += 1
        self.count = 0
        self.reached = False
        self._untried = True
        self._backs_off = backs_off
        self._backoff.reset()
        return True

    def accepted(self, now: float) -> None:
        """The broker has accepted an attempt."""
        self.connected_at = now
        self._tally.connected += 1
        if self.reached:
            self._tally.reconnected += 1
        else:
            self.reached = True
            self._tally.reached += 1
        self.resolved()

    def broken(self, now: float) -> None:
        """A connection that the broker had accepted is gone."""
        self._tally.connected -= 1
        self._tally.lost += 1
        if self.connected_at is not None and now - self.connected_at >= self._options.steady_after:
            self._backoff.reset()

    def failed(self) -> None:
        """An attempt has failed."""
        self._tally.failed += 1

    def pause(self) -> float:
        """Return the seconds until the next attempt."""
        return self._backoff.next() if self._backs_off else self._options.retry_every

    def resolved(self) -> None:
        """An attempt has succeeded or failed; only the first one counts."""
        if self._untried:
            self._untried = False
            self._tally.untried -= 1

    def over(self, connected: bool) -> None:
        """There will be no more attempts, and if it is connected, not for long."""
        if connected:
            self._tally.connected -= 1
        self._tally.open -= 1
        self.resolved()
