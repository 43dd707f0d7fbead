"""A worker's share of a rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class PacerShare:
    """The part of a rate that one of several workers keeps, and where in it its messages fall.

    Message k of a share is due when `(k + offset) / weight` messages are due in the whole load. So the
    messages due in N shares together differ by less than N from those due in the whole at any moment,
    and shares of equal weight take the messages of the whole in turn.

    Attributes:
        weight: part of the rate, 0 to 1; the shares of a load add up to 1.
        offset: part of the distance between two of its messages by which the first one waits, 0 to 1.

    Raises:
        ValueError: either is not in 0 to 1.
    """

    weight: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.weight <= 1 and 0 <= self.offset <= 1):
            raise ValueError(f"weight and offset are from 0 to 1, not {self.weight:g} and {self.offset:g}")

    @classmethod
    def of(cls, index: int, sizes: Sequence[float]) -> Self:
        """Return the share of one worker.

        Args:
            index: which of the workers, from 0.
            sizes: what each of them carries, such as its number of devices.

        Raises:
            ValueError: sizes are negative, or nobody carries anything.
        """
        whole = math.fsum(sizes)
        if not 0 < whole < math.inf or min(sizes) < 0:
            raise ValueError(f"nothing can be shared out by the sizes {list(sizes)}")
        return cls(sizes[index] / whole, min(math.fsum(sizes[:index]) / whole, 1.0))

    def whole(self, index: int) -> float:
        """Return how many messages of the whole load are due before message `index` of this share."""
        return (index + self.offset) / self.weight if self.weight else math.inf


WHOLE = PacerShare()
"""The share of a worker that works alone."""
