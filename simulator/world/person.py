"""A person: who they are, and what they are doing now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.core.purposes import Purpose
from simulator.world.health import STEADY, Health
from simulator.world.place import Place


class Sex(StrEnum):
    """Sex, as the published statistics record it."""

    FEMALE = "female"
    MALE = "male"


class Occupation(StrEnum):
    """What fills a person's weekdays."""

    INFANT = "infant"
    PUPIL = "pupil"
    STUDENT = "student"
    WORKER = "worker"
    AT_HOME = "at_home"
    RETIRED = "retired"


class Relation(StrEnum):
    """How a person belongs to the rest of their household."""

    ALONE = "alone"
    PARTNER = "partner"
    """One of a couple with no child at home."""
    PARENT = "parent"
    CHILD = "child"
    """Of a parent who lives there too, whatever their age."""
    GRANDPARENT = "grandparent"
    FLATMATE = "flatmate"


class VoiceGroup(StrEnum):
    """How well speech recognisers know a person's way of speaking; the world and the truth alone know it."""

    FAMILIAR = "familiar"
    """The way of most of those whose speech recognisers were trained on."""
    UNFAMILIAR = "unfamiliar"


class Activity(StrEnum):
    """What a person is doing; exactly one at a time."""

    ASLEEP = "asleep"
    HOME = "home"
    COMMUTE = "commute"
    WORK = "work"
    SCHOOL = "school"
    SHOP = "shop"
    EXERCISE = "exercise"
    OUT = "out"


class TravelMode(StrEnum):
    """How a person gets from one place to another."""

    WALK = "walk"
    BUS = "bus"
    CAR = "car"


@dataclass(frozen=True, slots=True)
class Trip:
    """A way from one place to another in a straight line at constant speed. Times in simulated seconds."""

    origin: Place
    destination: Place
    mode: TravelMode
    start: float
    end: float

    def position(self, at: float) -> tuple[float, float]:
        """Return (latitude, longitude) at a time; the ends of the way before and after the trip."""
        share = min(max((at - self.start) / (self.end - self.start), 0.0), 1.0)
        return (
            self.origin.latitude + share * (self.destination.latitude - self.origin.latitude),
            self.origin.longitude + share * (self.destination.longitude - self.origin.longitude),
        )


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time in one activity.

    Attributes:
        activity: what the person does.
        start: simulated seconds; the spell lasts until the person's next one starts.
        place: where, or None while on a trip.
        trip: the way, or None while at a place. A commute always has one; being out has one on the way
            to and from a shop, a park or a venue.
    """

    activity: Activity
    start: float
    place: Place | None
    trip: Trip | None = None

    def position(self, at: float) -> tuple[float, float]:
        """Return (latitude, longitude) at a time within the spell."""
        if self.trip is not None:
            return self.trip.position(at)
        assert self.place is not None
        return (self.place.latitude, self.place.longitude)


@dataclass(frozen=True, slots=True)
class Body:
    """What stays the same about a body for the length of a run.

    Attributes:
        resting_pulse: beats a minute, awake at rest.
        pulse_night_drop: beats a minute that the resting pulse falls asleep.
        rmssd: resting heart-rate variability, milliseconds.
        step_length: metres.
    """

    resting_pulse: float
    pulse_night_drop: float
    rmssd: float
    step_length: float


SpellObserver = Callable[[Spell, Spell], None]
"""Called as (finished, begun) at the moment a person changes from one spell to the next."""


@dataclass(slots=True, eq=False)
class Person:
    """One invented person. Devices read it; only the person's own process changes it.

    Attributes:
        id: such as ``n0-h3-p1``; known to the world and the truth only.
        chronotype: local hour of mid-sleep when nothing holds them up or wakes them, 1 to 6.
        workplace: where they work or learn, None for those who stay at home.
        spell: what they are doing now.
        observers: called at each change of spell.
        consent: the purposes that they agree to; for a child, what a parent decided.
        relation: to the rest of the household.
        voice: how well speech recognisers know their way of speaking.
        health: how their body departs from its usual self.
        worried: whether they are worried about their privacy.
    """

    id: str
    household: str
    age: int
    sex: Sex
    occupation: Occupation
    chronotype: float
    body: Body
    home: Place
    workplace: Place | None
    spell: Spell
    observers: list[SpellObserver] = field(default_factory=list)
    consent: frozenset[Purpose] = frozenset()
    relation: Relation = Relation.ALONE
    voice: VoiceGroup = VoiceGroup.FAMILIAR
    health: Health = STEADY
    worried: bool = False

    @property
    def asleep(self) -> bool:
        """Whether the person sleeps."""
        return self.spell.activity is Activity.ASLEEP

    @property
    def at_home(self) -> bool:
        """Whether the person is in their own home, asleep or awake."""
        return self.spell.place is self.home

    @property
    def awake_at_home(self) -> bool:
        """Whether the person is at home and not asleep."""
        return self.at_home and not self.asleep

    def begin(self, spell: Spell) -> None:
        """End the current spell, begin another, and tell the observers."""
        finished, self.spell = self.spell, spell
        for observer in self.observers:
            observer(finished, spell)
