"""A household: the people of one home, their pets, and their television."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from simulator.core.seeds import Seeds
from simulator.world.person import Activity, Person, VoiceGroup
from simulator.world.pets import NO_PETS, Pet
from simulator.world.place import Place
from simulator.world.rooms import Room, room_of_person, room_of_pet

HouseholdObserver = Callable[[], None]
"""Called at the moment that the television is switched on or off, or that guests come or go."""


@dataclass(slots=True, eq=False)
class Household:
    """The people who live in one home.

    Attributes:
        id: such as ``n0-h3``.
        members: never empty.
        television_on: whether the television is running now; only while somebody is awake at home.
        pets: the animals that live there.
        voice: how well speech recognisers know the way that its people speak.
        seeds: of which what its people are and do in detail is worked out, when somebody asks.
        guests: people of other households who are on a visit now; at least one member is up and at home.
        observers: called when the television is switched, and when guests come or go.
        guardian: number of the member who decides for the children and whose accounts the home's are.
    """

    id: str
    home: Place
    members: list[Person] = field(default_factory=list)
    television_on: bool = False
    pets: tuple[Pet, ...] = NO_PETS
    voice: VoiceGroup = VoiceGroup.FAMILIAR
    seeds: Seeds = field(default_factory=partial(Seeds, 0), repr=False)
    guests: list[Person] = field(default_factory=list, repr=False)
    observers: list[HouseholdObserver] = field(default_factory=list, repr=False)
    guardian: int = 0

    def awake_at_home(self) -> list[Person]:
        """Return the members who are at home and awake now."""
        # `Person.awake_at_home` written out: devices ask at every change of everybody's spell.
        home, asleep = self.home, Activity.ASLEEP
        return [
            person
            for person in self.members
            if (spell := person.spell).place is home and spell.activity is not asleep
        ]

    def present(self) -> list[Person]:
        """Return who is there and awake now: members at home, and their guests."""
        awake = self.awake_at_home()
        return awake + self.guests if awake else awake

    @property
    def talking(self) -> bool:
        """Whether there is anybody to talk with: two or more people there and awake."""
        return len(self.present()) >= 2

    def switch_television(self, on: bool) -> None:
        """Switch the television on or off, and tell the observers."""
        self.television_on = on
        self._tell()

    def welcome(self, guests: Iterable[Person]) -> None:
        """Let guests in, and tell the observers."""
        self.guests.extend(guests)
        self._tell()

    def see_off(self, guests: Iterable[Person]) -> None:
        """Let guests go, and tell the observers."""
        for guest in guests:
            self.guests.remove(guest)
        self._tell()

    def room_of(self, person: Person, at: float, hour: float) -> Room | None:
        """Return the room that somebody who is present is in; None for none that has a name.

        Args:
            person: a member or a guest.
            at: simulated seconds.
            hour: the local hour then.
        """
        return room_of_person(self.seeds, person.id, at, hour)

    def pets_in(self, room: Room, at: float, hour: float) -> list[Pet]:
        """Return the pets that are in a room; see `room_of`."""
        return [
            pet for pet in self.pets if room_of_pet(self.seeds, f"{self.id}-{pet.name}", at, hour) is room
        ]

    def _tell(self) -> None:
        for observer in self.observers:
            observer()
