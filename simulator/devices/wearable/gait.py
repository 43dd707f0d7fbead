"""How the wearer moves: the cadence that both the step counter and the pulse follow."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person, Spell, TravelMode
from simulator.world.place import PlaceKind

BUCKET = 15 * MINUTE
"""Seconds of one step count; cadence changes at its borders."""

ABOUT = {
    Activity.HOME: 5.0,
    Activity.WORK: 6.0,
    Activity.SCHOOL: 9.0,
    Activity.SHOP: 45.0,
    Activity.OUT: 12.0,
    Activity.COMMUTE: 0.0,
}
"""Mean steps a minute of somebody who is about in a place, standing and sitting included.

Assumptions; a day's steps follow from what people do, with the ways on foot and the exercise. Wearable owners
make 7,731 in the median (Master 2022, Nature Medicine).
"""
PARK = 35.0
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
FASTEST = 120.0
"""Steps a minute that nobody exceeds who is merely about."""


class Piece(NamedTuple):
    """Part of a stretch within one bucket, at one mean cadence, steps a minute."""

    start: float
    end: float
    cadence: float


class Gait:
    """Gives the cadence of each stretch.

    Walks come in bouts, so the count of a quarter of an hour of being about is exponential: mostly few,
    seldom many. On foot from place to place it is the steady cadence that covers the distance in time.
    """

    __slots__ = ("_draws", "_exercise", "_on_the_feet", "_restlessness", "_spell", "_step_length")

    def __init__(self, person: Person, traits: Draws, draws: Draws) -> None:
        self._draws = draws
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
            cadence = self._bouts(mean, border - at) if steady is None else steady
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

    def _bouts(self, mean: float, seconds: float) -> float:
        """Return the mean cadence over some seconds of bouts."""
        return min(-mean * math.log(1.0 - self._draws.uniform()), FASTEST)


def _liveliness(age: int) -> float:
    """Return how much people of an age are about, on straight lines between the points."""
    for (younger, more), (older, less) in pairwise(LIVELINESS):
        if age <= older:
            return more + (less - more) * max(age - younger, 0) / (older - younger)
    return LIVELINESS[-1][1]
