"""Hand-made populations, whose every figure a reader can work out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from simulator.calibration.cohort import ADULT, Cohort
from simulator.calibration.wearers import Wrist
from simulator.chronicle import Chronicle
from simulator.core.calendar import Calendar
from simulator.core.records import Expectation, MessageTruth
from simulator.core.units import DAY, MINUTE
from simulator.world import Activity, Body, Occupation, Person, Place, PlaceKind, Sex, Spell, TravelMode, Trip

CALENDAR = Calendar(datetime.fromisoformat("2026-05-04T00:00:00+09:30"))
"""Begins on a Monday at midnight."""

HOME = Place("home", PlaceKind.HOME, -31.0, 137.8)
WORK = Place("work", PlaceKind.WORK, -31.0, 137.9)
SHOP = Place("shop", PlaceKind.SHOP, -31.0, 137.85)

Doing = tuple[float, Activity]
"""What somebody does from a simulated second on."""


def person(
    number: int = 0,
    *,
    age: int = 40,
    sex: Sex = Sex.FEMALE,
    occupation: Occupation = Occupation.WORKER,
    household: str | None = None,
) -> Person:
    """Return somebody at home; a household of their own unless it is given."""
    home = household or f"n0-h{number}"
    return Person(
        id=f"{home}-p{number}",
        household=home,
        age=age,
        sex=sex,
        occupation=occupation,
        chronotype=3.0,
        body=Body(65.0, 4.0, 40.0, 0.7),
        home=HOME,
        workplace=WORK,
        spell=Spell(Activity.HOME, 0.0, HOME),
    )


def spell(at: float, activity: Activity, minutes: float = 0.0) -> Spell:
    """Return a spell where its activity takes place; a commute is a drive of so many minutes to work."""
    if activity is Activity.COMMUTE:
        return Spell(activity, at, None, Trip(HOME, WORK, TravelMode.CAR, at, at + minutes * MINUTE))
    return Spell(activity, at, {Activity.WORK: WORK, Activity.SHOP: SHOP}.get(activity, HOME))


def truth(
    event: str,
    at: float,
    activity: Activity | None = None,
    *,
    observed: float | None = None,
    who: Person | None = None,
    household: str | None = None,
    device: str = "device",
    facts: dict[str, Any] | None = None,
) -> MessageTruth:
    """Return the truth about a message that is sent when it is observed, unless said otherwise."""
    known = facts if activity is None else {"activity": activity.value}
    return MessageTruth(
        "id", at, at if observed is None else observed, device, "kind", event, "topic", 0, False, 0,
        who.id if who else None, household or (who.household if who else None), None, (), (), None,
        Expectation.ALLOW, known,
    )  # fmt: skip


class HandMadeChronicle(Chronicle):
    """A chronicle of what is written into it."""

    def __init__(self, days: float) -> None:
        self.calendar = CALENDAR
        self.people = {}
        self.households = {}
        self.shops = []
        self.shelf_events = {}
        self.television = {}
        self.end = days * DAY
        self._spells = {}

    def write(self, who: Person, spells: Iterable[Spell]) -> None:
        """Write down what somebody did."""
        self.people[who.id] = who
        self.households.setdefault(who.household, None)  # type: ignore[arg-type]
        self._spells[who.id] = list(spells)


class HandMadeTown(Cohort):
    """A cohort of what is written into its chronicle."""

    def __init__(self, days: float = 14) -> None:
        self.chronicle = HandMadeChronicle(days)

    def describe(self) -> dict[str, Any]:
        return {}

    def write(self, who: Person, *doings: Doing) -> None:
        """Write down what somebody did, from the first moment on."""
        self.chronicle.write(who, [spell(at, activity) for at, activity in doings])


@dataclass
class HandMadeWearers:
    """Wearables of adults, with what they sent."""

    wrists: dict[str, Wrist] = field(default_factory=dict)
    days: int = 14
    chronicle: HandMadeChronicle = field(default_factory=lambda: HandMadeChronicle(14))

    @cached_property
    def adults(self) -> list[Wrist]:
        return [wrist for wrist in self.wrists.values() if wrist.person.age >= ADULT]

    def wear(self, who: Person, spells: Sequence[Spell] = ()) -> Wrist:
        """Give somebody a wearable and return it."""
        self.chronicle.write(who, spells or [who.spell])
        wrist = self.wrists[who.id] = Wrist(who)
        return wrist


def pulse(wrist: Wrist, at: float, bpm: float, activity: Activity = Activity.HOME) -> None:
    """Let a wearable read a pulse."""
    wrist.pulse.add(truth("heart_rate", at, activity), bpm)


def steps(wrist: Wrist, end: float, count: int, seconds: float = 15 * MINUTE) -> None:
    """Let a wearable count steps until a moment."""
    wrist.steps.add(truth("steps", end), count)
    wrist.counted.append(seconds)
