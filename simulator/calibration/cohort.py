"""Cohorts: the populations that are simulated once for all measures that need them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from simulator.calibration.estimate import Floats
from simulator.chronicle import Chronicle, Handler
from simulator.core.units import DAY, WEEK
from simulator.scenario import Scenario
from simulator.world import Person, Spell
from simulator.world.shelf import Shelf, ShelfEvent

START = "2026-05-04T00:00:00+09:30"
"""A Monday at midnight: the weeks that follow hold no holiday and no change of the clock."""

RUN_IN = 1 * WEEK
"""Seconds until the staff of shops know what is in demand; what happens before is not counted."""

WORKING_AGE = 15
"""Years from which time-use surveys (ATUS) ask people."""

ADULT = 18


class Cohort(ABC):
    """A simulated population with what is kept of it.

    Subclasses say what is simulated, and keep what their measures need of the messages.

    Args:
        scale: multiplies the households and shops; 1 for the population whose verdicts count.
    """

    title: ClassVar[str]
    """What it is, in a few words."""

    cost: ClassVar[float]
    """Processor time that it takes, roughly, relative to others: what takes long is begun first."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scenario = Scenario.model_validate({"start": START, **self.describe()}).scaled(scale)
        self.chronicle = Chronicle(self.scenario)

    @abstractmethod
    def describe(self) -> Mapping[str, Any]:
        """Return its scenario, but for the start."""

    def handlers(self) -> Mapping[str, Handler]:
        """Return what keeps the messages, by event."""
        return {}

    def live(self, progress: Callable[[float], None], stopped: Callable[[], bool]) -> bool:
        """Simulate it; return whether it came to its end."""
        return self.chronicle.live(self.handlers(), progress=progress, stopped=stopped)

    @property
    def days(self) -> int:
        """Whole local days that were simulated."""
        return int(self.chronicle.end // DAY)

    def counted_days(self) -> range:
        """Return the days that count in shops, after the run-in."""
        return range(min(int(RUN_IN // DAY), self.days // 2), self.days)

    def events(self, shelf: Shelf) -> Iterator[tuple[int, ShelfEvent]]:
        """Yield what happened to a shelf on the days that count, with the number of the day."""
        days = self.counted_days()
        for event in self.chronicle.shelf_events[shelf.id]:
            day = int(event.at // DAY)
            if day in days:
                yield day, event

    def is_weekend(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return for each day whether it is a Saturday or a Sunday."""
        calendar = self.chronicle.calendar
        return np.array([calendar.is_weekend((day + 0.5) * DAY) for day in range(self.days)])

    def people(self, least_age: int = 0) -> list[Person]:
        """Return everybody of an age or more."""
        return [person for person in self.chronicle.people.values() if person.age >= least_age]

    def days_with(self, people: list[Person], matches: Callable[[Spell], bool]) -> Floats:
        """Return on which days people began something: a row a person, a column a day, 1 or 0."""
        begun = np.zeros((len(people), self.days))
        for row, person in zip(begun, people, strict=True):
            for spell in self.chronicle.spells(person.id):
                day = int(spell.start // DAY)
                if spell.start >= 0.0 and day < self.days and matches(spell):
                    row[day] = 1.0
        return begun

    def whole_spells(self, person: Person, matches: Callable[[Spell], bool]) -> Iterator[tuple[Spell, float]]:
        """Yield the spells of a person that began and ended within the simulation, each with its seconds."""
        for lived in self.chronicle.lived(person.id):
            if lived.start >= 0.0 and lived.end < self.chronicle.end and matches(lived.spell):
                yield lived.spell, lived.end - lived.start
