"""Care: why a young child is never alone.

One adult of a household, the carer, looks after its young children. They are at home only while the carer
is; when the carer goes out, they come along; on school days a school bus with a driver who minds them takes
them to school or day care, and brings them back once the carer is at home. A carer's work fits into that day.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import simpy

from simulator.core.calendar import Calendar
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.health import MORNING
from simulator.world.holidays import is_free, is_school_holiday
from simulator.world.person import Activity, Person, Spell

CURFEW = 20.0
"""Local hour at which a carer and the young children are back at home."""


class Care:
    """The bond between a carer and the young children of a household.

    Args:
        env: the SimPy environment.
        calendar: gives weekday and hour.
        carer: the adult; observed from now on.
        children: those who are never alone.
        bus: local hour at which the school bus leaves on weekdays.
    """

    def __init__(
        self, env: simpy.Environment, calendar: Calendar, carer: Person, children: list[Person], bus: float
    ) -> None:
        self._env = env
        self._calendar = calendar
        self._carer = carer
        self._children = children
        self._bus = bus
        self._company: list[Person] = []
        self._carer_is_home = env.event()
        carer.observers.append(self._follow)

    @property
    def company(self) -> Sequence[Person]:
        """The children whom the carer has taken along and who are out with them now."""
        return self._company

    @property
    def has_pupils(self) -> bool:
        """Whether any of the children takes the bus."""
        return any(child.workplace is not None for child in self._children)

    def bus_leaves(self, midnight: float) -> float | None:
        """Return when the bus leaves on the day that begins at `midnight`, None if it does not.

        Between the terms it brings those to the school's vacation care whose carer works or learns.
        """
        day = self._calendar.day(midnight + DAY / 2)
        if not self.has_pupils or is_free(day) or (is_school_holiday(day) and self._carer.workplace is None):
            return None
        return midnight + self._bus * HOUR

    def nurses(self, midnight: float) -> bool:
        """Return whether a child stays at home ill, and the carer with it, on the day that begins then."""
        return any(child.health.stays_home(midnight + MORNING) for child in self._children)

    def latest_return(self, at: float) -> float:
        """Return by when a carer who leaves home now must be back; `at` itself if they cannot leave.

        They cannot while a child is ill, sleeps at home or is on the way there.
        """
        midnight = self._calendar.midnight(at)
        latest = midnight + CURFEW * HOUR
        for child in self._children:
            spell = child.spell
            if child.health.stays_home(at):
                return at
            if child.asleep or (spell.trip is not None and spell.trip.destination is child.home):
                return at
            if child.at_home and child.workplace is not None:
                bus = self.bus_leaves(midnight)
                if bus is not None and at < bus:
                    latest = min(latest, bus - MINUTE)
        return max(latest, at)

    def carer_at_home(self) -> Generator[simpy.Event, Any, None]:
        """Wait, as part of a child's process, until the carer is at home."""
        while not self._carer.at_home:
            yield self._carer_is_home

    def _follow(self, finished: Spell, begun: Spell) -> None:
        """Take along the children who are at home, and bring them back."""
        leaves = finished.place is self._carer.home and begun.activity is Activity.OUT
        if leaves:
            self._company = [child for child in self._children if child.at_home]
        returns = begun.place is self._carer.home and finished.place is not begun.place
        for child in self._company:
            child.begin(
                Spell(Activity.HOME if returns else Activity.OUT, begun.start, begun.place, begun.trip)
            )
        if returns:
            self._company = []
            self._carer_is_home.succeed()
            self._carer_is_home = self._env.event()
