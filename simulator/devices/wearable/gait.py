"""How the wearer moves: the cadence that both the step counter and the pulse follow."""

from __future__ import annotations

import math
from typing import NamedTuple

from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person, Spell, TravelMode
from simulator.world.place import PlaceKind

BUCKET = 15 * MINUTE
"""Seconds of one step count; cadence changes at its borders."""

ABOUT = {
    Activity.HOME: 4.5,
    Activity.WORK: 6.0,
    Activity.SCHOOL: 9.0,
    Activity.SHOP: 45.0,
    Activity.OUT: 12.0,
    Activity.COMMUTE: 0.0,
}
"""Mean steps a minute of somebody who is about in a place, standing and sitting included.

Assumption: set so that a day comes to the median of Master 2022, Nature Medicine (7,731 steps).
"""
PARK = 35.0
"""The same in a park."""
RIDING = {TravelMode.BUS: 12.0, TravelMode.CAR: 2.5}
"""Mean steps a minute on the way in a vehicle: those to the stop or across the car park."""
EXERCISE = (105.0, 165.0)
"""Range of the cadence in exercise, steps a minute: from a brisk walk to a run (Tudor-Locke 2018)."""
RESTLESSNESS = 0.37
"""SD between people of the logarithm of how much they are about; all steps then have 0.38 (Master 2022)."""
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

    __slots__ = ("_draws", "_exercise", "_restlessness", "_spell", "_step_length")

    def __init__(self, person: Person, traits: Draws, draws: Draws) -> None:
        self._draws = draws
        self._step_length = person.body.step_length
        self._restlessness = traits.lognormal(1.0, RESTLESSNESS)
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
        return ABOUT[spell.activity] * self._restlessness

    def _bouts(self, mean: float, seconds: float) -> float:
        """Return the mean cadence over some seconds of bouts."""
        return min(-mean * math.log(1.0 - self._draws.uniform()), FASTEST)
