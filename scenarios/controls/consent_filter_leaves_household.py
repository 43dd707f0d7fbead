"""A consent filter that fails in one way: it thinks of a person's devices, and not of those of a home.

What a person says to a speaker that a household shares goes on being handed on after the person's withdrawal.
"""

from __future__ import annotations

from base import run
from consent_filter import ConsentFilter


class LeavesHousehold(ConsentFilter):
    """Asks for consent only where a device is one person's."""

    def agreed_by_all(self, device: str) -> bool:
        """Return whether the one person agrees whose device it is; true if it is not one person's."""
        return len(self.subjects.get(device, ())) != 1 or super().agreed_by_all(device)


if __name__ == "__main__":
    run(LeavesHousehold)
