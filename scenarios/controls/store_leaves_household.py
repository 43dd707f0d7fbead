"""A store that fails in one way: it erases what a person's own devices have said, and not those of the home.

What the person has said to a speaker that the household shares stays, and goes on being stored.
"""

from __future__ import annotations

from base import run
from store import Store, in_own_folder


class LeavesHousehold(Store):
    """Erases the data of devices that are one person's."""

    def subjects_of(self, device: str) -> set[str]:
        """Return whose a device is; nobody's if it is shared."""
        everybody = super().subjects_of(device)
        return everybody if len(everybody) == 1 else set()


if __name__ == "__main__":
    run(in_own_folder(LeavesHousehold))  # type: ignore[arg-type]
