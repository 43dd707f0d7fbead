"""The days of a young child, who is never alone."""

from __future__ import annotations

from simulator.core.units import HOUR
from simulator.world.care import Care
from simulator.world.habits import Habits
from simulator.world.life import SETTLE, Life, Obligation, Process
from simulator.world.person import Activity, Person
from simulator.world.schedule import SCHOOL_HOURS, SCHOOL_STARTS
from simulator.world.surroundings import Surroundings
from simulator.world.travel import travel


class Childhood(Life):
    """The life of a young child: at home with the carer, out with the carer, or at school or day care.

    Outings are the carer's: `Care` takes the child along and brings it back meanwhile.

    Args:
        surroundings: what the people of the neighbourhood share.
        person: the child; its workplace is its school or day care, if it goes there.
        habits: how it sleeps and travels.
        care: who looks after it.
    """

    __slots__ = ("_care",)

    def __init__(self, surroundings: Surroundings, person: Person, habits: Habits, care: Care) -> None:
        super().__init__(surroundings, person, habits)
        self._care = care

    def _obligation(self, midnight: float) -> Obligation | None:
        departure = self._care.bus_leaves(midnight)
        if departure is None or self._person.workplace is None:
            return None
        return Obligation(departure, midnight + (SCHOOL_STARTS + SCHOOL_HOURS) * HOUR)

    def _day(self, midnight: float, obligation: Obligation | None, bedtime: float) -> Process:
        if obligation is not None and self._person.workplace is not None:
            home, school, mode = self._person.home, self._person.workplace, self._habits.commute
            yield self._until(obligation.departure)
            yield self._go(Activity.COMMUTE, travel(home, school, mode, self._env.now))
            self._begin(Activity.SCHOOL, school)
            yield self._until(obligation.finish)
            yield from self._care.carer_at_home()
            yield self._go(Activity.COMMUTE, travel(school, home, mode, self._env.now))
            self._begin(Activity.HOME, home)
        yield self._until(max(bedtime, self._env.now + SETTLE))
        while not self._person.at_home:
            yield from self._care.carer_at_home()
            yield self._until(self._env.now + SETTLE)
