"""What a worker and its crew tell each other."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.plan import Ended
from simulator.standing import Standing


@dataclass(frozen=True, slots=True)
class Connected:
    """A worker's part of the fleet has had its time to connect."""


@dataclass(frozen=True, slots=True)
class Begin:
    """All workers are connected: the load begins at this time of the monotonic clock, which they share."""

    at: float


@dataclass(frozen=True, slots=True)
class Stop:
    """End early and keep what there is."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How a worker's load stands, in figures counted since its start."""

    standing: Standing


@dataclass(frozen=True, slots=True)
class Done:
    """A worker has come to its end."""

    ended: Ended


@dataclass(frozen=True, slots=True)
class Failed:
    """A worker cannot go on, for a reason that a user can act on."""

    error: Exception
