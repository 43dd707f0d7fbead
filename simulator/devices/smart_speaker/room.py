"""The room that a smart speaker stands in, and what it hears there."""

from __future__ import annotations

from enum import StrEnum


class Room(StrEnum):
    """A room of the home."""

    LIVING_ROOM = "living_room"
    KITCHEN = "kitchen"
    BEDROOM = "bedroom"


SHARES = {Room.LIVING_ROOM: 0.63, Room.KITCHEN: 0.29, Room.BEDROOM: 0.08}
"""Where people put a speaker (CCS Insight: 63 % living room, 29 % kitchen)."""

EARSHOT = {Room.LIVING_ROOM: 0.15, Room.KITCHEN: 0.1, Room.BEDROOM: 0.03}
"""Share of the words spoken at home, by people or by the television, that reach the speaker as words.

Assumption: people move about, doors are closed, and music and noise lie over the talk. It is set so that
unintended entries are the share of the log that Ammari 2019 (TOCHI) found, 11 to 17 %.
"""
