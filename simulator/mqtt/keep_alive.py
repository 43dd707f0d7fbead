"""How long a connection may be silent: we until we ping, the broker until it counts as lost."""

from __future__ import annotations

import math
from zlib import crc32

from simulator.core.actions import Freeze


def pace_of(device: str) -> float:
    """Return a share between 3/4 and 1 of every period, the device's own.

    A fleet that connects at once would otherwise ping at once ever after, and delay what is due then.
    """
    return 0.75 + crc32(device.encode()) / 2**34


class KeepAlive:
    """The silences of one session's connection. Times are seconds of the clock.

    Args:
        pace: share of the keep alive after which this session pings.
        patience: seconds for which a ping may go unanswered.

    Attributes:
        seconds: the keep alive, 0 for none.
        spoke_at: when the kernel last took bytes of ours.
        frozen: how the device leaves its connection alone; None while it uses it.
    """

    __slots__ = ("_pace", "_patience", "_thawed_at", "frozen", "seconds", "spoke_at")

    def __init__(self, pace: float, patience: float) -> None:
        self.seconds = 0
        self.spoke_at = 0.0
        self.frozen: Freeze | None = None
        self._pace = pace
        self._patience = patience
        self._thawed_at = -math.inf

    @property
    def ends(self) -> float:
        """When we have to speak again."""
        return self.spoke_at + self.seconds * self._pace if self.seconds else math.inf

    @property
    def deaf(self) -> bool:
        """Whether the device neither reads nor writes."""
        return self.frozen is not None and not self.frozen.writing

    def thaw(self, now: float) -> None:
        """The device uses its connection again; the broker has all of its patience from now on."""
        self.frozen = None
        self._thawed_at = now

    def patience_ends(self, asked_at: float) -> float:
        """Return when a ping unanswered since `asked_at` means a loss; never while the device is deaf."""
        if self.frozen is not None:
            return math.inf
        return max(asked_at, self._thawed_at) + self._patience
