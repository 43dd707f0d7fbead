"""Devices that leave and come back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.core.seeds import Seeds
from simulator.pacing.rank import rank
from simulator.pacing.spell import Spell


@dataclass(frozen=True, slots=True)
class Churn:
    """Some devices end their sessions in order now and then, and open them again after a while.

    How long a device stays is exponential, as if it could leave at any moment with the same chance; how
    long it is away is always the same. When it does so depends on the seed and the device alone.

    Attributes:
        every: mean seconds for which a device stays.
        away: seconds after which it comes back.
        share: share of the devices that do so, 0 to 1.
        seed: the same seed gives the same times.

    Raises:
        ValueError: a time is not above 0 or not finite, or the share is not from 0 to 1.
    """

    every: float
    away: float
    share: float = 1.0
    seed: int = 0
    _seeds: Seeds = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for seconds in (self.every, self.away):
            if not 0 < seconds < math.inf:
                raise ValueError(f"devices stay and are away for a finite time above 0, not {seconds:g} s")
        if not 0 <= self.share <= 1:
            raise ValueError(f"a share of the devices is from 0 to 1, not {self.share:g}")
        object.__setattr__(self, "_seeds", Seeds(self.seed))

    def takes(self, device: str) -> bool:
        """Return whether a device is one of those that leave and come back."""
        return rank("churn", device) < self.share

    def absences(self, device: str) -> Iterator[Spell]:
        """Yield the spells in which a device is away, without end; none if it never leaves."""
        if not self.takes(device):
            return
        draws = self._seeds.draws("churn", device)
        back = 0.0
        while True:
            left = back + draws.exponential(self.every)
            back = left + self.away
            yield Spell(left, back)

    def spells(self, device: str) -> Iterator[Spell]:
        """Yield the spells in which a device is there: one without end, or those between its absences."""
        begin = 0.0
        for absence in self.absences(device):
            yield Spell(begin, absence.begin)
            begin = absence.end
        yield Spell(begin, math.inf)
