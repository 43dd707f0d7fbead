"""A location coarsener that fails in one way: it shortens the numbers, which still say who lives where.

Three places behind the point are some hundred metres: enough to tell people apart and to find their homes.
"""

from __future__ import annotations

from base import Fields, run
from location_coarsener import LocationCoarsener


class RoundsText(LocationCoarsener):
    """Hands on positions with fewer digits."""

    def coarsen(self, fields: Fields) -> Fields:
        """Return a position with shorter numbers."""
        short = {name: float(f"{fields[name]:.3f}") for name in ("latitude", "longitude")}
        return super().coarsen(fields) | short | {"time": fields["time"]}


if __name__ == "__main__":
    run(RoundsText)
