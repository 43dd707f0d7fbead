"""A town without a life of its own: tests say who lives there and what they do when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import simpy

from simulator.core.calendar import Calendar
from simulator.core.readings import Reading
from simulator.core.seeds import Draws, Seeds
from simulator.core.units import HOUR
from simulator.devices import Device, Habitat
from simulator.privacy import Canaries, run_key
from simulator.privacy.particulars import SpokenCanaries, subject_of
from simulator.world.household import Household
from simulator.world.person import Activity, Body, Occupation, Person, Sex, Spell, TravelMode, Trip
from simulator.world.place import Place, PlaceKind

Change = Spell | tuple[float, bool]
"""A change of a person's spell, or (time, on or off) of a household's television."""


def place(kind: PlaceKind = PlaceKind.WORK, name: str = "there", north: float = 0.02) -> Place:
    """Return a place some way north of every home."""
    return Place(name, kind, -31.0 + north, 137.0)


class HandDrivenTown:
    """Starts at midnight on a Monday, UTC."""

    def __init__(self, seed: int = 1) -> None:
        self.env = simpy.Environment()
        self.calendar = Calendar(datetime(2026, 3, 2, tzinfo=UTC))
        self.seeds = Seeds(seed)
        self.readings: dict[str, list[Reading]] = {}
        self.sent: dict[str, list[float]] = {}

    def household(self, *ages: int, name: str = "n0-h0", asleep: bool = True) -> Household:
        """Return a household of people of these ages, all at home."""
        home = Place(f"{name}-home", PlaceKind.HOME, -31.0, 137.0)
        household = Household(name, home, seeds=self.seeds)
        activity = Activity.ASLEEP if asleep else Activity.HOME
        for number, age in enumerate(ages):
            household.members.append(
                Person(
                    id=f"{name}-p{number}",
                    household=name,
                    age=age,
                    sex=Sex.FEMALE,
                    occupation=Occupation.WORKER,
                    chronotype=4.0,
                    body=Body(resting_pulse=65.0, pulse_night_drop=5.0, rmssd=40.0, step_length=0.72),
                    home=home,
                    workplace=None,
                    spell=Spell(activity, 0.0, home),
                )
            )
        return household

    def person(self, age: int = 40, name: str = "n0-h0", asleep: bool = True) -> Person:
        """Return somebody who lives alone."""
        return self.household(age, name=name, asleep=asleep).members[0]

    def habitat(self, name: str = "device") -> Habitat:
        """Return what a device of this name may touch; its readings go to `readings[name]`."""
        self.readings[name] = readings = []
        self.sent[name] = sent = []

        def emit(reading: Reading) -> None:
            readings.append(reading)
            sent.append(self.env.now)

        def draws(purpose: str) -> Draws:
            return self.seeds.draws(purpose, name)

        return Habitat(self.env, self.calendar, draws, emit, self.particulars)

    def particulars(self, person: Person) -> SpokenCanaries:
        """Return what somebody could tell about themselves."""
        canaries = Canaries(run_key(self.seeds.seed))
        return SpokenCanaries(canaries, subject_of(person, 2026), person.age)

    def start(self, device: Device[Any]) -> None:
        """Start a device's life."""
        self.env.process(device.run())

    def plan(self, person: Person, spells: Iterable[Spell]) -> None:
        """Let a person begin each spell at its start."""

        def live() -> Iterator[simpy.Event]:
            for spell in spells:
                yield self.env.timeout(spell.start - self.env.now)
                person.begin(spell)

        self.env.process(live())  # type: ignore[arg-type]

    def at(self, time: float, deed: Callable[[], Any]) -> None:
        """Do something at a time."""
        self.env.timeout(time - self.env.now).callbacks.append(lambda _: deed())


def spell(activity: Activity, start: float, where: Place) -> Spell:
    """Return a spell at a place."""
    return Spell(activity, start, where)


def walk(origin: Place, destination: Place, start: float, speed: float = 1.3) -> Spell:
    """Return a walk at a speed in metres a second."""
    end = start + origin.distance(destination) / speed
    return Spell(Activity.COMMUTE, start, None, Trip(origin, destination, TravelMode.WALK, start, end))


def working_day(home: Place, work: Place, midnight: float = 0.0) -> list[Spell]:
    """Return a day: up at 7, on foot to work at 8, back at 17, a run at 18, to bed at 23."""
    there = walk(home, work, midnight + 8 * HOUR)
    back = walk(work, home, midnight + 17 * HOUR)
    assert there.trip is not None
    assert back.trip is not None
    park = Place("park", PlaceKind.PARK, home.latitude + 0.005, home.longitude)
    return [
        spell(Activity.HOME, midnight + 7 * HOUR, home),
        there,
        spell(Activity.WORK, there.trip.end, work),
        back,
        spell(Activity.HOME, back.trip.end, home),
        spell(Activity.EXERCISE, midnight + 18 * HOUR, park),
        spell(Activity.HOME, midnight + 18.6 * HOUR, home),
        spell(Activity.ASLEEP, midnight + 23 * HOUR, home),
    ]


def events(readings: Sequence[Reading], event: str) -> list[Reading]:
    """Return the readings of one event."""
    return [reading for reading in readings if reading.event == event]
