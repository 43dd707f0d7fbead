"""A shard: the part of a fleet that one worker or machine simulates."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shard:
    """Share `index` of `count`; neighbourhoods are dealt out in turn.

    Raises:
        ValueError: not 0 ≤ index < count.
    """

    index: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.count:
            raise ValueError(
                f"there is no shard {self.index}/{self.count}; the first of {self.count} is 0/{self.count}"
            )

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard written as ``i/N``, such as ``0/3``.

        Raises:
            ValueError: it is not written so, or there is no such shard.
        """
        found = re.fullmatch(r"(\d+)/(\d+)", text.strip())
        if not found:
            raise ValueError(f"write a shard as i/N, such as 0/3, not {text!r}")
        return cls(int(found[1]), int(found[2]))

    def owns(self, neighbourhood: int) -> bool:
        """Return whether a neighbourhood belongs to this shard."""
        return neighbourhood % self.count == self.index

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
