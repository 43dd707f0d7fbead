"""How the wearer moves: the cadence that both the step counter and the pulse follow."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from simulator.core.calendar import Calendar
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person, Spell, TravelMode
from simulator.world.place import PlaceKind

BUCKET = 15 * MINUTE
"""Seconds of one step count; cadence changes at its borders."""

ABOUT = {
    Activity.HOME: 4.6,
    Activity.WORK: 5.6,
    Activity.SCHOOL: 9.0,
    Activity.SHOP: 45.0,
    Activity.OUT: 8.5,
    Activity.COMMUTE: 0.0,
}
"""Mean steps a minute of somebody who is about in a place, standing and sitting included.

Assumptions; a day's steps follow from what people do, with the ways on foot and the exercise. Wearable owners
make 7,731 in the median (Master 2022, Nature Medicine).
"""
PARK = 30.0
"""The same in a park."""
RIDING = {TravelMode.BUS: 12.0, TravelMode.CAR: 2.5}
"""Mean steps a minute on the way in a vehicle: those to the stop or across the car park."""
EXERCISE = (105.0, 165.0)
"""Range of the cadence in exercise, steps a minute: from a brisk walk to a run (Tudor-Locke 2018)."""
LIVELINESS = ((6, 1.4), (18, 1.1), (40, 1.0), (60, 0.95), (75, 0.75), (90, 0.4))
"""How much people are about by age, relative to those of 40: children half as much again, the old half as
much (Tudor-Locke 2011, Int. J. Behavioral Nutrition and Physical Activity 8)."""
RESTLESSNESS = 0.32
"""SD between people of one age of the logarithm of how much they are about (assumption)."""
ON_THE_FEET = 0.5
"""The same of how much their work has them on their feet, from the desk to the ward (assumption). With both,
and with the ways and the exercise of their days, steps come out as unlike as they are: mean steps of wearable
owners have a log-SD of 0.38 (Master 2022)."""
BY_HOUR = (
    *(0.3, 0.3, 0.3, 0.3, 0.5, 0.9, 1.2, 1.4, 1.4, 1.4, 1.4, 1.3),
    *(1.3, 1.1, 1.1, 1.1, 1.2, 1.4, 1.4, 0.9, 0.6, 0.5, 0.4, 0.35),
)
"""How much people are about at home by the clock hour, on average 1 while they are up: most in the morning
and before supper, least in front of the television (assumption in the shape of Doherty 2017, PLoS ONE 12)."""
BUSY, BUSY_MEMORY = 0.45, 45 * MINUTE
"""Log-SD of how busy somebody is at a time, and its time constant: chores go on for a while (assumptions)."""
FASTEST = 120.0
"""Steps a minute that nobody exceeds who is merely about."""


class Piece(NamedTuple):
    """Part of a stretch within one bucket, at one mean cadence, steps a minute."""

    start: float
    end: float
    cadence: float


class Gait:
    """Gives the cadence of each stretch.

    Walks come in bouts, so the count of a quarter of an hour of being about is mostly low and seldom high,
    the more so when its time is a busy one. On foot from place to place it is the steady cadence that covers
    the distance in time.
    """

    __slots__ = (
        "_busy",
        "_calendar",
        "_draws",
        "_exercise",
        "_on_the_feet",
        "_restlessness",
        "_spell",
        "_step_length",
    )

    def __init__(self, person: Person, calendar: Calendar, traits: Draws, draws: Draws) -> None:
        self._calendar = calendar
        self._draws = draws
        self._busy = 0.0
        self._step_length = person.body.step_length
        self._restlessness = traits.lognormal(_liveliness(person.age), RESTLESSNESS)
        self._on_the_feet = traits.lognormal(1.0, ON_THE_FEET)
        self._exercise = 0.0
        self._spell: Spell | None = None

    def pieces(self, stretch: Stretch) -> list[Piece]:
        """Return the stretch in pieces that meet at the borders of buckets."""
        spell, at, end = stretch.spell, stretch.start, stretch.end
        if spell is not self._spell:
            self._spell = spell
            self._exercise = self._draws.uniform(*EXERCISE) if spell.activity is Activity.EXERCISE else 0.0
        steady = self._steady(spell)
        mean = 0.0 if steady is not None else self._about(spell)
        pieces = []
        while at < end:
            border = min((at // BUCKET + 1.0) * BUCKET, end)
            cadence = self._bouts(mean, at, border, spell) if steady is None else steady
            pieces.append(Piece(at, border, cadence))
            at = border
        return pieces

    def _steady(self, spell: Spell) -> float | None:
        """Return the cadence of a spell that has a steady one."""
        if spell.activity is Activity.ASLEEP:
            return 0.0
        trip = spell.trip
        if trip is not None and trip.mode is TravelMode.WALK:
            steps = trip.origin.distance(trip.destination) / self._step_length
            return steps / (trip.end - trip.start) * MINUTE
        if spell.activity is Activity.EXERCISE:
            return self._exercise
        return None

    def _about(self, spell: Spell) -> float:
        """Return the mean cadence of a spell that has none of its own."""
        if spell.trip is not None:
            return RIDING[spell.trip.mode]
        if spell.place is not None and spell.place.kind is PlaceKind.PARK:
            return PARK * self._restlessness
        job = self._on_the_feet if spell.activity is Activity.WORK else 1.0
        return ABOUT[spell.activity] * self._restlessness * job

    def _bouts(self, mean: float, start: float, end: float, spell: Spell) -> float:
        """Return the mean cadence from `start` to `end` of somebody who is about."""
        draws = self._draws
        kept = math.exp((start - end) / BUSY_MEMORY)
        self._busy = kept * self._busy + math.sqrt(1.0 - kept * kept) * draws.normal()
        mean *= math.exp(BUSY * (self._busy - BUSY / 2.0))
        if spell.activity is Activity.HOME:
            mean *= BY_HOUR[int(self._calendar.hour(start))]
        # Gamma of shape 2: two bouts, say.
        bouts = -math.log((1.0 - draws.uniform()) * (1.0 - draws.uniform())) / 2.0
        return min(mean * bouts, FASTEST)


def _liveliness(age: int) -> float:
    """Return how much people of an age are about, on straight lines between the points."""
    for (younger, more), (older, less) in pairwise(LIVELINESS):
        if age <= older:
            return more + (less - more) * max(age - younger, 0) / (older - younger)
    return LIVELINESS[-1][1]
