"""What the run's own subscribers have seen."""

from __future__ import annotations

import msgspec


class Witnessed(msgspec.Struct):
    """What the run's own subscribers saw of the devices that they watched; all 0 without a witness.

    Attributes:
        expected: due from the devices that it watches.
        received: arrived, each counted once.
        duplicated: arrived again.
        reordered: arrived after a later one of the same device.
        missing: neither arrived nor known to have failed on their way to the broker.
    """

    expected: int = 0
    received: int = 0
    duplicated: int = 0
    reordered: int = 0
    missing: int = 0

    def __add__(self, other: Witnessed) -> Witnessed:
        """Return the counts of both."""
        return Witnessed(
            self.expected + other.expected,
            self.received + other.received,
            self.duplicated + other.duplicated,
            self.reordered + other.reordered,
            self.missing + other.missing,
        )
