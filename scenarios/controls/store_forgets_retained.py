"""A store that fails in one way: it erases its database, and not what it had the broker keep."""

from __future__ import annotations

from base import run
from store import Store, in_own_folder


class ForgetsRetained(Store):
    """Erases rows, and does not think of the broker."""

    def forget_kept(self, device: str) -> None:
        """Do nothing about it."""


if __name__ == "__main__":
    run(in_own_folder(ForgetsRetained))  # type: ignore[arg-type]
