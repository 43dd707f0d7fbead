"""Simulates some days of a neighbourhood and keeps what everybody did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import simpy

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, MINUTE
from simulator.world import Activity, Household, Neighbourhood, Person, Spell, beginning, build_neighbourhood
from simulator.world.shelf import ShelfEvent

CALENDAR = Calendar(datetime.fromisoformat("2026-03-02T06:00:00+10:30"))
"""Starts on a Monday, two hours after the world."""


@dataclass(eq=False)
class Diary:
    """What happened in the first neighbourhood of a world.

    Attributes:
        neighbourhood: who lived through it.
        start, end: simulated seconds.
        spells: everybody's, in order.
        quiet_televisions: households whose television was found running with nobody awake at home.
        television_minutes: how long televisions ran, all together.
        picks: what left the shelves of the shops or was missed there.
    """

    neighbourhood: Neighbourhood
    start: float
    end: float
    spells: dict[Person, list[Spell]] = field(default_factory=dict)
    quiet_televisions: list[tuple[str, float]] = field(default_factory=list)
    television_minutes: float = 0.0
    picks: list[ShelfEvent] = field(default_factory=list)

    def people(self) -> list[Person]:
        return list(self.spells)

    def of(self, person: Person) -> Iterator[tuple[Spell, float]]:
        """Yield a person's spells, each with its end."""
        ends = [spell.start for spell in self.spells[person][1:]]
        yield from zip(self.spells[person], [*ends, self.end], strict=True)

    def changes(self) -> Iterator[tuple[Person, Spell, Spell]]:
        """Yield everybody's changes from one spell to the next."""
        for person, spells in self.spells.items():
            for finished, begun in pairwise(spells):
                yield person, finished, begun

    def days(self) -> range:
        """The local days that lie within the diary from morning to midnight."""
        return range(CALENDAR.day(self.start), CALENDAR.day(self.end))

    def share_of_days(self, people: list[Person], activity: Activity, *, weekend: bool) -> float:
        """Return on which share of weekdays or weekend days people do something."""
        days = [day for day in self.days() if ((day + 3) % 7 >= 5) == weekend]
        done = sum(
            len({CALENDAR.day(s.start) for s in self.spells[p] if s.activity is activity} & set(days))
            for p in people
        )
        return done / (len(people) * len(days))

    def lines(self) -> list[str]:
        """Everything in the diary as text, to compare two of them."""
        return [
            f"{person.id} {person.age} {sorted(person.consent)} {person.body} {spell}"
            for person, spells in self.spells.items()
            for spell in spells
        ]


def keep_diary(
    *, households: int, shops: int, days: float, seed: int = 1, neighbourhoods: int = 1, watched: bool = True
) -> Diary:
    """Simulate from the world's beginning on, and return the diary of neighbourhood 0."""
    env = simpy.Environment(initial_time=beginning(CALENDAR))
    seeds = Seeds(seed)
    first, *_ = [
        build_neighbourhood(env, CALENDAR, seeds, index, households, shops) for index in range(neighbourhoods)
    ]
    diary = Diary(first, env.now, env.now + days * DAY)
    for household in first.households:
        for person in household.members:
            diary.spells[person] = [person.spell]
            person.observers.append(_writer(env, diary, household, diary.spells[person]))
    if watched:
        for shop in first.shops:
            for shelf in shop.shelves:
                shelf.observers.append(lambda event: diary.picks.append(event) if event.shopper else None)
        env.process(_look_round(env, diary))
    env.run(until=diary.end)
    return diary


def _writer(env: simpy.Environment, diary: Diary, household: Household, spells: list[Spell]) -> Any:
    def write(finished: Spell, begun: Spell) -> None:
        assert finished is spells[-1]
        assert begun.start == env.now
        spells.append(begun)
        _check_television(env, diary, household)

    return write


def _look_round(env: simpy.Environment, diary: Diary) -> Any:
    while True:
        yield env.timeout(5 * MINUTE)
        for household in diary.neighbourhood.households:
            diary.television_minutes += 5.0 * household.television_on
            _check_television(env, diary, household)


def _check_television(env: simpy.Environment, diary: Diary, household: Household) -> None:
    if household.television_on and not household.awake_at_home():
        diary.quiet_televisions.append((household.id, env.now))
