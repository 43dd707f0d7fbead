"""Hard caps on what is sent: admits each message, or says which cap it is beyond."""

from __future__ import annotations

from simulator.core.limits import Limits
from simulator.mqtt.reasons import Cause

BURST = 1.0
"""Seconds of the rate that may go out at once after a silence."""


class Caps:
    """A token bucket for bytes (as in RFC 2697, 2.1, with one rate) beside a bound on each payload.

    Args:
        limits: what to hold the load to.

    Attributes:
        held_back: messages by the cap that they were beyond.
    """

    __slots__ = ("_bucket", "_largest", "_last", "_most", "_rate", "held_back")

    def __init__(self, limits: Limits) -> None:
        self._largest = limits.payload_bytes
        self._rate = float(limits.bytes_per_second)
        # One message of any length that is allowed must fit, or it would never be sent.
        self._most = max(self._rate * BURST, 2.0 * limits.payload_bytes)
        self._bucket = self._most
        self._last = 0.0
        self.held_back: dict[Cause, int] = {}

    def refill(self, now: float) -> None:
        """Take note of the time in seconds; call it on every turn of the loop."""
        self._bucket = min(self._most, self._bucket + (now - self._last) * self._rate)
        self._last = now

    def beyond(self, topic: str, payload: bytes) -> Cause | None:
        """Return the cap that a message is beyond, or None after taking its bytes from the bucket."""
        size = len(payload)
        if size > self._largest:
            return self._held(Cause.PAYLOAD_CAP)
        size += len(topic)
        if size > self._bucket:
            return self._held(Cause.RATE_CAP)
        self._bucket -= size
        return None

    @property
    def low(self) -> bool:
        """Whether a load that may wait should do so, rather than have messages dropped."""
        return self._bucket < self._most / 2

    def _held(self, cause: Cause) -> Cause:
        self.held_back[cause] = self.held_back.get(cause, 0) + 1
        return cause
