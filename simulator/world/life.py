"""Life: a person's process, day after day from waking to sleep."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.habits import Habits
from simulator.world.person import Activity, Person, Spell, Trip
from simulator.world.place import Place
from simulator.world.sleep import NIGHTLY
from simulator.world.surroundings import Surroundings

Process = Generator[simpy.Event, Any, None]

SETTLE = 12 * MINUTE
"""Least time at home, awake, between two other things."""

SHORTEST_NIGHT = 3 * HOUR


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a day obliges a person to.

    Attributes:
        departure: simulated second at which they leave home.
        finish: when they leave for home, at the earliest.
    """

    departure: float
    finish: float


class Life(ABC):
    """One person's days and nights. Subclasses say what fills a day.

    Args:
        surroundings: what the people of the neighbourhood share.
        person: whose life it is; asleep at home when the process starts.
        habits: what they do again and again.
    """

    __slots__ = ("_draws", "_env", "_habits", "_person", "_surroundings")

    def __init__(self, surroundings: Surroundings, person: Person, habits: Habits) -> None:
        self._surroundings = surroundings
        self._env = surroundings.env
        self._person = person
        self._habits = habits
        self._draws = surroundings.seeds.draws("life", person.id)

    def live(self) -> Process:
        """Return the person's process: day after day, without end."""
        midnight = self._env.now - self._surroundings.calendar.hour(self._env.now) * HOUR
        obligation = self._obligation(midnight)
        fell_asleep = self._bedtime(midnight, obligation)
        while True:
            yield self._until(self._waking(midnight, obligation, fell_asleep))
            self._begin(Activity.HOME, self._person.home)
            tomorrow = self._obligation(midnight + DAY)
            yield from self._day(midnight, obligation, self._bedtime(midnight + DAY, tomorrow))
            self._begin(Activity.ASLEEP, self._person.home)
            midnight, obligation, fell_asleep = midnight + DAY, tomorrow, self._env.now

    @abstractmethod
    def _obligation(self, midnight: float) -> Obligation | None:
        """Return what the day that begins at `midnight` obliges the person to."""

    @abstractmethod
    def _day(self, midnight: float, obligation: Obligation | None, bedtime: float) -> Process:
        """Fill the day that began at `midnight`, at home at both ends and awake, until about `bedtime`."""

    def _alarm(self, midnight: float, obligation: Obligation | None) -> float | None:
        """Return when the person has to get up, None if they may sleep."""
        return None if obligation is None else obligation.departure - self._habits.preparation * HOUR

    def _bedtime(self, midnight: float, obligation: Obligation | None) -> float:
        """Return when the person means to fall asleep before the day that begins at `midnight`."""
        alarm = self._alarm(midnight, obligation)
        onset = self._habits.sleep.onset(None if alarm is None else (alarm - midnight) / HOUR)
        return midnight + self._draws.normal(onset, NIGHTLY) * HOUR

    def _waking(self, midnight: float, obligation: Obligation | None, fell_asleep: float) -> float:
        """Return when sleep ends: when there has been enough of it, or by the alarm."""
        waking = fell_asleep + self._draws.normal(self._habits.sleep.need, NIGHTLY) * HOUR
        alarm = self._alarm(midnight, obligation)
        if alarm is not None:
            waking = min(waking, alarm)
        # The second matters on the first day alone: the world begins with everybody asleep.
        return max(waking, self._env.now + SETTLE, fell_asleep + SHORTEST_NIGHT)

    def _begin(self, activity: Activity, place: Place) -> None:
        self._person.begin(Spell(activity, self._env.now, place))

    def _go(self, activity: Activity, trip: Trip) -> simpy.Timeout:
        """Set out on a trip; return its end."""
        self._person.begin(Spell(activity, self._env.now, None, trip))
        return self._until(trip.end)

    def _until(self, at: float) -> simpy.Timeout:
        """Return an event at a simulated second, or now if that is over."""
        return self._env.timeout(max(at - self._env.now, 0.0))
