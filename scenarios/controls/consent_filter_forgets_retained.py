"""A consent filter that fails in one way: what the broker keeps stays there after a withdrawal."""

from __future__ import annotations

from base import run
from consent_filter import ConsentFilter


class ForgetsRetained(ConsentFilter):
    """Stops handing on at a withdrawal, and does not think of what it had the broker keep."""

    def withdraw(self, device: str) -> None:
        """Do nothing about it."""


if __name__ == "__main__":
    run(ForgetsRetained)
