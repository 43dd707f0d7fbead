"""What happened to the connections: counts, and a report of each session."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.core.refusals import Refusal, Refused


class SessionState(StrEnum):
    """Where a session is.

    IDLE waits for its turn to connect, CONNECTING for the broker's CONNACK, BACKING_OFF for the next
    attempt. ENDED was asked for by the device; REFUSED is the broker's final word.
    """

    IDLE = "idle"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    BACKING_OFF = "backing off"
    ENDED = "ended"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ConnectionCounts:
    """Connections since the start, and now.

    Attributes:
        asked: connections that the fleet asked for.
        reached: those of them that the broker accepted.
        lost: times that an accepted connection broke without the device asking for it.
        reconnected: times that one came back afterwards.
        refused: those that the broker refused for good.
        now_connected: sessions connected at this moment.
    """

    asked: int = 0
    reached: int = 0
    lost: int = 0
    reconnected: int = 0
    refused: int = 0
    now_connected: int = 0

    def __add__(self, other: ConnectionCounts) -> ConnectionCounts:
        """Return the counts of both."""
        return ConnectionCounts(
            self.asked + other.asked,
            self.reached + other.reached,
            self.lost + other.lost,
            self.reconnected + other.reconnected,
            self.refused + other.refused,
            self.now_connected + other.now_connected,
        )


@dataclass(frozen=True, slots=True)
class SessionReport:
    """What happened to one session.

    Attributes:
        device: the device, which is also the client id.
        state: where its session is, or was when the run ended.
        reason: why it is not connected, as far as is known.
        attempts: connection attempts since the device asked.
        connected_at: when the broker last accepted it, None if it never did.
        denied: messages that the broker refused, if it let the device in and took none of its messages.
    """

    device: str
    state: SessionState
    reason: str | None
    attempts: int
    connected_at: float | None
    denied: int = 0


@dataclass(slots=True)
class Tally:
    """The running counts that all sessions of a `Delivery` share.

    Attributes:
        states: sessions by where they are; those of raw connections are not among them.
    """

    asked: int = 0
    reached: int = 0
    lost: int = 0
    reconnected: int = 0
    refused: int = 0
    connected: int = 0
    untried: int = 0
    open: int = 0
    failed: int = 0
    queued: int = 0
    in_flight: int = 0
    refused_subscriptions: int = 0
    capped: int = 0
    refusals: Counter[Refusal] = field(default_factory=Counter)
    states: Counter[SessionState] = field(default_factory=Counter)

    def refuse(self, what: Refused, reason: str, code: int | None = None) -> None:
        """Count a refusal by its reason."""
        self.refusals[Refusal(what, reason, code)] += 1

    def connections(self) -> ConnectionCounts:
        """Return the counts of connections as they are now."""
        return ConnectionCounts(
            self.asked, self.reached, self.lost, self.reconnected, self.refused, self.connected
        )
