"""A location coarsener: hands on positions as cells of some fifty kilometres and thirds of a day."""

from __future__ import annotations

import math

from base import Control, Fields, run

CELL = 0.5
"""Degrees: a cell is larger than a town with all that its people do in a day."""

HOURS = 8
"""Of a stretch of time: when somebody is seen at all tells people apart nearly as well as places do."""


class LocationCoarsener(Control):
    """Hands on positions, and nothing else."""

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a position, less exact."""
        if fields.get("event") == "position":
            self.send(topic, self.coarsen(fields))

    def coarsen(self, fields: Fields) -> Fields:
        """Return a position as the middle of its cell, with nothing else but who sent it."""
        return {
            "id": fields["id"],
            "device": fields["device"],
            "event": fields["event"],
            "time": third(fields["time"]),
            "latitude": middle(fields["latitude"]),
            "longitude": middle(fields["longitude"]),
        }


def third(time: str) -> str:
    """Return the beginning of the third of the day that a time is in."""
    return f"{time[:11]}{int(time[11:13]) // HOURS * HOURS:02d}:00:00.000Z"


def middle(degrees: float) -> float:
    """Return the middle of the cell that an angle lies in."""
    return round((math.floor(degrees / CELL) + 0.5) * CELL, 2)


if __name__ == "__main__":
    run(LocationCoarsener)
