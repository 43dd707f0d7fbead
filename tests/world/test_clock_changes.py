"""Two weeks, each with a change of the clock in its middle: people and shops live by what the clock shows."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from statistics import median

import pytest

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR
from simulator.world import (
    Activity,
    Agenda,
    Occupation,
    Person,
    Spell,
    beginning,
    build_neighbourhood,
)

CHANGES = {"back": ("2026-04-02T00:00:00+10:30", 25), "forward": ("2026-10-01T00:00:00+09:30", 23)}
"""Starts on a Thursday, and the hours of the Sunday on which the clock is changed in South Australia."""


class Week:
    """Eight days of 60 households."""

    def __init__(self, start: str) -> None:
        self.calendar = Calendar(datetime.fromisoformat(start), "Australia/Adelaide")
        env = Agenda(beginning(self.calendar))
        self.hood = build_neighbourhood(env, self.calendar, Seeds(5), 0, households=60, shops=1)
        self.spells: dict[Person, list[Spell]] = {}
        for person in self.hood.people():
            spells = self.spells[person] = [person.spell]
            person.observers.append(lambda _, begun, spells=spells: spells.append(begun))  # type: ignore[misc]
        for _ in env.moments(9 * DAY):
            pass

    def hours(self, activity: Activity, occupations: set[Occupation], *, before: bool) -> list[float]:
        """Return the clock hours at which people begin something, before or after the change."""
        sunday = self.calendar.midnight(3 * DAY + 12 * HOUR)
        return [
            self.calendar.hour(spell.start)
            for person, spells in self.spells.items()
            if person.occupation in occupations
            for spell in spells
            if spell.activity is activity and (spell.start < sunday) == before
        ]


@pytest.fixture(scope="module", params=CHANGES)
def change(request: pytest.FixtureRequest) -> tuple[Week, int]:
    start, hours = CHANGES[request.param]
    return Week(start), hours


def test_the_sunday_is_an_hour_longer_or_shorter(change: tuple[Week, int]) -> None:
    week, hours = change
    saturday_noon = 2.5 * DAY
    sunday, monday = (week.calendar.next(saturday_noon + day * DAY, 0.0) for day in (0, 1))
    assert (monday - sunday) / HOUR == pytest.approx(hours)


def test_work_begins_when_the_clock_says_so(change: tuple[Week, int]) -> None:
    week, _ = change
    before, after = (
        median(week.hours(Activity.WORK, {Occupation.WORKER}, before=before)) for before in (True, False)
    )
    assert after == pytest.approx(before, abs=0.35)


def test_shops_are_open_by_the_clock(change: tuple[Week, int]) -> None:
    week, _ = change
    visits = [
        week.calendar.hour(spell.start)
        for spells in week.spells.values()
        for spell in spells
        if spell.activity is Activity.SHOP
    ]
    assert len(visits) > 60
    assert all(7 <= hour < 21 for hour in visits)


def test_people_go_on_getting_up_by_the_clock(change: tuple[Week, int]) -> None:
    """The first workday after the change begins as any other."""
    week, _ = change
    wakings = {
        before: week.hours(Activity.HOME, {Occupation.WORKER, Occupation.PUPIL}, before=before)
        for before in (True, False)
    }
    mornings = {before: [hour for hour in hours if 4 < hour < 10] for before, hours in wakings.items()}
    assert median(mornings[False]) == pytest.approx(median(mornings[True]), abs=0.7)


def test_young_children_are_never_alone(change: tuple[Week, int]) -> None:
    week, _ = change
    for household in week.hood.households:
        grown = [week.spells[person] for person in household.members if person.age >= 18]
        at_home = sorted(
            (spell.start, following.start)
            for spells in grown
            for spell, following in zip(
                spells, [*spells[1:], Spell(Activity.HOME, 9 * DAY, None)], strict=True
            )
            if spell.place is household.home
        )
        for child in household.members:
            if child.age < 12:
                for spell, following in pairwise(week.spells[child]):
                    if spell.place is household.home:
                        assert covered(spell.start, following.start, at_home)


def covered(start: float, end: float, times: list[tuple[float, float]]) -> bool:
    for begin, finish in times:
        if begin <= start < finish:
            start = finish
    return start >= end
