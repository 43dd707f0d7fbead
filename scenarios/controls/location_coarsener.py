"""A location coarsener: hands on positions as the cell of a grid of some eleven kilometres, and the hour."""

from __future__ import annotations

import math

from base import Control, Fields, run

CELL = 0.1
"""Degrees: some 11 km, at which people's four most telling hours hardly tell them apart any more."""


class LocationCoarsener(Control):
    """Hands on positions, and nothing else."""

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a position, less exact."""
        if fields.get("event") == "position":
            self.send(topic, self.coarsen(fields))

    def coarsen(self, fields: Fields) -> Fields:
        """Return a position as the middle of its cell, at its hour, with nothing else but who sent it."""
        return {
            "id": fields["id"],
            "device": fields["device"],
            "event": fields["event"],
            "time": fields["time"][:13] + ":00:00.000Z",
            "latitude": middle(fields["latitude"]),
            "longitude": middle(fields["longitude"]),
        }


def middle(degrees: float) -> float:
    """Return the middle of the cell that an angle lies in."""
    return round((math.floor(degrees / CELL) + 0.5) * CELL, 2)


if __name__ == "__main__":
    run(LocationCoarsener)
