"""A household: the people of one home, and its television."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.world.person import Activity, Person
from simulator.world.place import Place


@dataclass(slots=True, eq=False)
class Household:
    """The people who live in one home.

    Attributes:
        id: such as ``n0-h3``.
        members: never empty.
        television_on: whether the television is running now; only while somebody is awake at home.
    """

    id: str
    home: Place
    members: list[Person] = field(default_factory=list)
    television_on: bool = False

    def awake_at_home(self) -> list[Person]:
        """Return the members who are at home and awake now."""
        # `Person.awake_at_home` written out: devices ask at every change of everybody's spell.
        home, asleep = self.home, Activity.ASLEEP
        return [
            person
            for person in self.members
            if (spell := person.spell).place is home and spell.activity is not asleep
        ]

    @property
    def talking(self) -> bool:
        """Whether there is anybody to talk with: two or more members awake at home."""
        return len(self.awake_at_home()) >= 2
