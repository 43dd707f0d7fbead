"""The rooms of a home, and who is in which.

Where somebody is follows from the hour and from chance, and is worked out when it is asked for: nobody who
is not watched costs anything, and everything that watches agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import accumulate
from zlib import crc32

from simulator.core.seeds import Seeds
from simulator.core.units import MINUTE


class Room(StrEnum):
    """A room of the home."""

    LIVING_ROOM = "living_room"
    KITCHEN = "kitchen"
    BEDROOM = "bedroom"


STAY = 20 * MINUTE
"""Seconds after which somebody may be in another room (assumption)."""

_ROOMS = (Room.LIVING_ROOM, Room.KITCHEN, Room.BEDROOM)
"""The rooms of the weights below; the rest of them is spent in the bath, the study, the garden."""

_PEOPLE: Mapping[int, tuple[float, float, float]] = {
    0: (0.25, 0.05, 0.60),
    5: (0.10, 0.30, 0.30),
    6: (0.15, 0.40, 0.20),
    9: (0.35, 0.25, 0.10),
    12: (0.30, 0.40, 0.05),
    14: (0.40, 0.20, 0.10),
    17: (0.40, 0.40, 0.05),
    20: (0.65, 0.15, 0.10),
    22: (0.45, 0.10, 0.35),
}
"""Share of people, awake at home, in each room by local hour at which the share begins (assumption: meals in
the kitchen, evenings in the living room)."""

_PETS: Mapping[int, tuple[float, float, float]] = {
    0: (0.5, 0.15, 0.2),
    7: (0.45, 0.2, 0.1),
    20: (0.6, 0.15, 0.1),
}
"""The same for pets (assumption: near their people, and outside)."""


def room_of_person(seeds: Seeds, person: str, at: float, hour: float) -> Room | None:
    """Return the room that somebody who is awake at home is in, None if it is none of these.

    Args:
        seeds: the run's.
        person: their id.
        at: simulated seconds.
        hour: the local hour then.
    """
    return _room(seeds, person, at, _PEOPLE_BY_HOUR[int(hour)])


def room_of_pet(seeds: Seeds, pet: str, at: float, hour: float) -> Room | None:
    """Return the room that a pet is in, None if it is none of these; see `room_of_person`."""
    return _room(seeds, pet, at, _PETS_BY_HOUR[int(hour)])


def _room(seeds: Seeds, who: str, at: float, shares: tuple[float, ...]) -> Room | None:
    # Everybody changes rooms at times of their own.
    stay = int((at + crc32(who.encode()) % STAY) // STAY)
    chance = seeds.digest("room", who, stay) / 2.0**64
    for room, share in zip(_ROOMS, shares, strict=True):
        if chance < share:
            return room
    return None


def _by_hour(weights: Mapping[int, tuple[float, float, float]]) -> tuple[tuple[float, ...], ...]:
    hours, now = [], (0.0, 0.0, 0.0)
    for hour in range(24):
        now = weights.get(hour, now)
        hours.append(tuple(accumulate(now)))
    return tuple(hours)


_PEOPLE_BY_HOUR = _by_hour(_PEOPLE)
_PETS_BY_HOUR = _by_hour(_PETS)
