"""The room that a smart speaker stands in, and what it hears there."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.world.rooms import Room

SHARES = {Room.LIVING_ROOM: 0.63, Room.KITCHEN: 0.29, Room.BEDROOM: 0.08}
"""Where people put a speaker (CCS Insight: 63 % living room, 29 % kitchen)."""

CROWDED = 0.7
"""Factor on the readiness to put another speaker where there is one: there are pairs, and speakers by the
television and on the bench of one open room (assumption)."""

EARSHOT = {Room.LIVING_ROOM: 0.065, Room.KITCHEN: 0.05, Room.BEDROOM: 0.015}
"""Share of the words spoken at home, by people or by the television, that reach the speaker as words.

Assumption: people move about, doors are closed, and music and noise lie over the talk. It is set so that
unintended entries are the share of the log that Ammari 2019 (TOCHI) found, 11 to 17 %.
"""


def furnish(speakers: int, draws: Draws) -> list[Room]:
    """Return the rooms of a home's speakers, one after the other."""
    weights = dict(SHARES)
    rooms: list[Room] = []
    for _ in range(speakers):
        room = draws.choice(list(weights), list(weights.values()))
        weights[room] *= CROWDED
        rooms.append(room)
    return rooms


__all__ = ["CROWDED", "EARSHOT", "SHARES", "Room", "furnish"]
