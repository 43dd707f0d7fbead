"""A neighbourhood: the unit of locality and of sharding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.world.household import Household
from simulator.world.person import Person
from simulator.world.shop import Shop


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """Some hundred households with their shops. Nothing in it depends on any other neighbourhood."""

    id: str
    households: tuple[Household, ...]
    shops: tuple[Shop, ...]

    def people(self) -> Iterator[Person]:
        """Yield everybody who lives here."""
        for household in self.households:
            yield from household.members
