"""What can be wrong with the network between fleet and broker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkCondition:
    """One thing that is wrong with it, or several; times are wall time.

    Attributes:
        delay: seconds that every byte takes longer, in each direction.
        jitter: seconds that it takes longer or shorter than that at most; the order of bytes stays.
        bytes_per_second: what all connections together can carry in each direction; None for any amount.
        reset_share: share of the connections that are reset.
        reset_every: seconds from one such reset to the next; None for only one, when it begins.
        blocked: nothing comes through, and nobody is told.
    """

    delay: float = 0.0
    jitter: float = 0.0
    bytes_per_second: float | None = None
    reset_share: float = 0.0
    reset_every: float | None = None
    blocked: bool = False
