"""An aggregator that fails in one way: it tells of groups of one person too."""

from __future__ import annotations

from aggregator import Aggregator
from base import run


class TellsAll(Aggregator):
    """Publishes every count."""

    def may_be_told(self, people: int) -> bool:
        """Return that it is."""
        return True


if __name__ == "__main__":
    run(TellsAll)
