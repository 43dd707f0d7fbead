"""Presence: who moves about in a speaker's room, as its ultrasound senses it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.core.seeds import Draws
from simulator.core.units import HOUR
from simulator.world.household import Household
from simulator.world.person import Person
from simulator.world.pets import MOVES_BY_DAY, Pet, Species
from simulator.world.rooms import Room

PERSON_MOVES = 3.0 / HOUR
"""Times a second that people in a room are noticed to move (assumption; who sits still is not sensed)."""

ECHO = {Species.DOG: (0.55, 0.13), Species.CAT: (0.38, 0.12)}
PERSON_ECHO = (0.75, 0.12)
"""Mean and SD of how strongly a mover is sensed, 0 to 1, by its size (assumptions; they overlap)."""


class Mover(StrEnum):
    """What moved."""

    PERSON = "person"
    PET = "pet"


@dataclass(frozen=True, slots=True)
class Motion:
    """One motion in the room.

    Attributes:
        mover: what moved.
        level: how strongly it is sensed, 0 to 1.
        person: who moved, None for a pet.
    """

    mover: Mover
    level: float
    person: Person | None = None


def ceiling(household: Household) -> float:
    """Return the highest rate at which anything can move in one room, a second."""
    return PERSON_MOVES + len(household.pets) * MOVES_BY_DAY


def sense(
    household: Household, room: Room, at: float, hour: float, share: float, draws: Draws
) -> Motion | None:
    """Thin a candidate: return what moves in the room now, None if nothing does.

    Args:
        household: whose home it is.
        room: where.
        at: simulated seconds.
        hour: the local hour then.
        share: uniform draw in [0, `ceiling`).
        draws: gives how strongly it is sensed.
    """
    if share < PERSON_MOVES:
        there = [who for who in household.present() if household.room_of(who, at, hour) is room]
        return Motion(Mover.PERSON, _level(PERSON_ECHO, draws), draws.choice(there)) if there else None
    pet = _moving_pet(household, room, at, hour, share - PERSON_MOVES)
    return None if pet is None else Motion(Mover.PET, _level(ECHO[pet.species], draws))


def _moving_pet(household: Household, room: Room, at: float, hour: float, share: float) -> Pet | None:
    number, rest = divmod(share, MOVES_BY_DAY)
    pet = household.pets[min(int(number), len(household.pets) - 1)]
    return pet if rest < pet.moves(hour) and pet in household.pets_in(room, at, hour) else None


def _level(echo: tuple[float, float], draws: Draws) -> float:
    return round(min(max(draws.normal(*echo), 0.1), 1.0), 2)
