"""Nights and illness as a week of 240 households has them: what follows from two processes and an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median, stdev

import pytest
from diary import CALENDAR, Diary, keep_diary

from simulator.core.units import DAY, HOUR
from simulator.world import Activity, Occupation, Person
from simulator.world.health import MORNING

SMALL_HOURS = 5.0
"""Sleep that begins between this local hour and noon is that of somebody who worked at night."""


@dataclass(frozen=True)
class Night:
    """One night: when it began and ended, simulated seconds, and whether work followed."""

    start: float
    end: float
    before_work: bool

    @property
    def hours(self) -> float:
        return (self.end - self.start) / HOUR

    @property
    def middle(self) -> float:
        """Local hour of its middle, before midnight negative."""
        hour = CALENDAR.hour((self.start + self.end) / 2)
        return hour - 24 if hour > 12 else hour


@pytest.fixture(scope="module")
def nights(week: Diary) -> dict[Person, list[Night]]:
    """The whole nights of adults who do not work at night."""
    found = {}
    for person in week.people():
        spells = list(week.of(person))
        own = [
            Night(spell.start, end, _works(spells, end))
            for spell, end in spells[1:-1]
            if spell.activity is Activity.ASLEEP and not _is_nap(spell.start, end)
        ]
        by_day = any(SMALL_HOURS < CALENDAR.hour(night.start) < 12 for night in own)
        if person.age >= 18 and not by_day and len(own) >= 5:
            found[person] = own
    assert len(found) > 250
    return found


def _is_nap(start: float, end: float) -> bool:
    return 12 < CALENDAR.hour(start) < 18 and end - start < 4 * HOUR


def _works(spells: list, waking: float) -> bool:  # type: ignore[type-arg]
    away = (Activity.WORK, Activity.SCHOOL)
    return any(s.activity in away and waking <= s.start < waking + 14 * HOUR for s, _ in spells)


def test_one_night_is_unlike_the_next(nights: dict[Person, list[Night]]) -> None:
    """By about an hour (Goparaju 2024)."""
    spreads = [stdev(night.hours for night in own) for own in nights.values()]
    assert mean(spreads) == pytest.approx(1.0, abs=0.3)


def test_free_days_are_later_than_working_days(nights: dict[Person, list[Night]]) -> None:
    """Social jet lag: most people have some, an hour or less in the middle (Roenneberg 2012)."""
    lags = []
    for person, own in nights.items():
        working, free = ([n.middle for n in own if n.before_work is work] for work in (True, False))
        if person.occupation is Occupation.WORKER and len(working) >= 2 and len(free) >= 2:
            lags.append(mean(free) - mean(working))
    assert len(lags) > 80
    assert 0.3 < median(lags) < 1.3


def test_a_short_night_is_slept_off(nights: dict[Person, list[Night]]) -> None:
    after, usual = [], []
    for own in nights.values():
        typical = mean(night.hours for night in own)
        for sooner, later in pairwise(own):
            if not later.before_work:
                (after if sooner.hours < typical - 1.2 else usual).append(later.hours - typical)
    assert len(after) > 50
    assert mean(after) > mean(usual) + 0.2


def test_one_afternoon_in_ten_is_napped_away_and_more_when_old(week: Diary) -> None:
    def napped(people: list[Person]) -> float:
        naps = [(p, s) for p in people for s, end in week.of(p) if s.activity is Activity.ASLEEP
                if _is_nap(s.start, end)]  # fmt: skip
        return len(naps) / len(people) / 7

    adults = [person for person in week.people() if person.age >= 18]
    assert napped(adults) == pytest.approx(0.1, abs=0.04)
    assert napped([p for p in adults if p.age >= 70]) > 1.4 * napped([p for p in adults if p.age < 60]) > 0


def test_a_nap_puts_off_the_night(week: Diary) -> None:
    later = []
    for person in week.people():
        begun: dict[bool, list[float]] = {True: [], False: []}
        napped = False
        for spell, end in list(week.of(person))[1:-1]:
            if spell.activity is not Activity.ASLEEP:
                continue
            if _is_nap(spell.start, end):
                napped = True
                continue
            begun[napped].append((spell.start - CALENDAR.midnight(end)) / HOUR)
            napped = False
        if begun[True] and begun[False] and person.occupation is Occupation.RETIRED:
            later.append(mean(begun[True]) - mean(begun[False]))
    assert len(later) > 30
    assert mean(later) > 0.3


def test_few_nights_are_very_short_or_very_long(nights: dict[Person, list[Night]]) -> None:
    hours = [night.hours for own in nights.values() for night in own]
    assert mean(h < 4.5 for h in hours) < 0.05
    assert mean(h > 10 for h in hours) < 0.02


def test_the_ill_stay_at_home(week: Diary) -> None:
    ill = 0
    for person in week.people():
        for day in range(7):
            midnight = CALENDAR.midnight(week.start + (day + 1) * DAY)
            if midnight + DAY > week.end or not person.health.stays_home(midnight + MORNING):
                continue
            ill += 1
            away = {Activity.WORK, Activity.SCHOOL, Activity.COMMUTE}
            evening = midnight + 20 * HOUR
            begun = [s for s, _ in week.of(person) if midnight + MORNING < s.start < evening]
            assert not any(spell.activity in away for spell in begun), (person.id, day)
    assert ill >= 5


def test_the_body_changes_before_its_bearer_knows(week: Diary) -> None:
    """Mishra 2020, Quer 2021: one to three days before."""
    before, long_before = [], []
    for person in week.people():
        fever, stays_home = person.health.fever, person.health.stays_home
        mornings = [day * DAY + MORNING for day in range(4, 120)]
        first = next((at for at in mornings if stays_home(at)), None)
        if first is not None:
            assert not stays_home(first - DAY) or first == mornings[0]
            before.append(fever(first - DAY))
            long_before.append(fever(first - 5 * DAY))
    assert len(before) > 20
    assert mean(before) > 3 * mean(long_before)


def test_an_evening_out_ends_late_in_bed(week: Diary, nights: dict[Person, list[Night]]) -> None:
    later = []
    for person, own in nights.items():
        spells = list(week.of(person))
        usual = median(night.start - CALENDAR.midnight(night.end) for night in own)
        for night in own:
            out = [
                s for s, _ in spells if s.trip is not None and night.start - 2 * HOUR < s.start < night.start
            ]
            if out and CALENDAR.hour(out[-1].start) > 22.5:
                later.append((night.start - CALENDAR.midnight(night.end) - usual) / HOUR)
    assert len(later) > 15, len(later)
    assert mean(later) > 0.2


def test_television_keeps_people_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def onset(held_up: float) -> float:
        monkeypatch.setattr("simulator.world.life.HELD_UP_BY_TELEVISION", held_up)
        diary = keep_diary(households=30, shops=1, days=4, watched=False)
        return mean(
            (spell.start - CALENDAR.midnight(end)) / HOUR
            for person in diary.people()
            if person.age >= 18
            for spell, end in list(diary.of(person))[1:-1]
            if spell.activity is Activity.ASLEEP and not _is_nap(spell.start, end)
        )

    assert onset(0.5) > onset(0.0) + 0.15
