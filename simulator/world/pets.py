"""Pets: which animals share a home, and when they move about in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from simulator.core.seeds import Draws
from simulator.core.units import HOUR


class Species(StrEnum):
    """What kind of animal."""

    DOG = "dog"
    CAT = "cat"


OWNERS: Mapping[Species, float] = {Species.DOG: 0.48, Species.CAT: 0.33}
"""Share of households with at least one (Animal Medicines Australia, "Pets in Australia", 2022); that the one
has nothing to do with the other is an assumption, which gives 65 % with either."""

MOST_OF_A_KIND = 3
ANOTHER = 0.28
"""Chance of one more of the same kind (assumption; makes 1.35 of them in a home that has any)."""

DAY_BEGINS, DAY_ENDS = 6.0, 23.0
"""Local hours between which dogs keep their people's day."""

MOVES_BY_DAY, MOVES_BY_NIGHT = 1.0 / HOUR, 0.15 / HOUR
"""Times a second that an animal in a room gets up and walks about in it (assumptions)."""

TWILIGHT = ((5.0, 8.0), (18.0, 22.0))
"""Local hours in which cats, hunters of the twilight, move most."""


@dataclass(frozen=True, slots=True)
class Pet:
    """An animal of a household; its id is such as ``n0-h3-pet0``."""

    name: str
    species: Species

    def moves(self, hour: float) -> float:
        """Return how often it moves at a local hour, times a second."""
        if self.species is Species.DOG:
            return MOVES_BY_DAY if DAY_BEGINS <= hour < DAY_ENDS else MOVES_BY_NIGHT
        lively = any(begin <= hour < end for begin, end in TWILIGHT)
        return MOVES_BY_DAY if lively else MOVES_BY_DAY / 3.0


NO_PETS: tuple[Pet, ...] = ()


def draw_pets(draws: Draws) -> tuple[Pet, ...]:
    """Return the animals of one household."""
    counts = {species: _count(share, draws) for species, share in OWNERS.items()}
    if not any(counts.values()):
        return NO_PETS
    kinds = [species for species, count in counts.items() for _ in range(count)]
    return tuple(_PETS[number, species] for number, species in enumerate(kinds))


def _count(share: float, draws: Draws) -> int:
    if not draws.chance(share):
        return 0
    count = 1
    while count < MOST_OF_A_KIND and draws.chance(ANOTHER):
        count += 1
    return count


_PETS = {
    (number, species): Pet(f"pet{number}", species)
    for number in range(2 * MOST_OF_A_KIND)
    for species in Species
}
"""Every pet that there can be: the first of a household, the second and so on; homes share these."""
