"""Illness: infections of the airways, which come into a household and go round in it.

An infection changes the body one to three days before its bearer knows of it. All that happens in a household
follows from the household and the month alone, so it may be asked about in any order and at any time.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from simulator.core.calendar import Calendar
from simulator.core.seeds import Draws, Seeds
from simulator.core.units import DAY, HOUR

A_YEAR = ((0, 4.9), (5, 2.8), (20, 2.2), (40, 1.6), (60, 1.3))
"""Infections of the airways a year, by the age from which it holds (Monto and Sullivan 1993, Epidemiology
and Infection: the Tecumseh study; rounded)."""

FROM_OUTSIDE = 0.75
"""Share of them that a person brings home; the others are caught there (assumption)."""

ATTACK_RATE = 0.15
"""Chance that a member of the household catches what another has brought home (Tsang et al. 2016, Trends in
Microbiology: 3 to 38 % for influenza)."""

SERIAL_INTERVAL = (3.0 * DAY, 0.8 * DAY)
"""Mean and SD from one's first symptoms to those of whom one infects, seconds (Vink, Bootsma and Wallinga
2014, American Journal of Epidemiology: 2.8 days for influenza)."""

SEASONALITY = 0.7
"""Amplitude of the yearly wave of the hazard, relative to its mean (assumption)."""

HEIGHT_OF_WINTER = 20.0
"""Day of the year on which the wave is highest; in the south it is lowest then (assumption)."""

FEVERISH = ((0, 0.3), (12, 0.15), (20, 0.07))
"""Share of infections with a fever, by the age of who brings it home; influenza with symptoms in 8 % of
people a year (Tokars, Olsen and Reed 2018, Clinical Infectious Diseases) is some half of it."""

FEVER, NO_FEVER = (1.5, 0.4), (0.25, 0.12)
"""Mean and SD of the rise of body temperature at its height, °C (assumption)."""

LEAD = (1.0 * DAY, 3.0 * DAY)
"""Shortest and longest time for which the body has changed when its bearer falls ill, seconds (Mishra et al.
2020, Nature Biomedical Engineering, and Quer et al. 2021, Nature Medicine, found it with watches)."""

HEIGHT = 1.0 * DAY
"""Seconds from the first symptoms to the height."""

RECOVERY = (1.2 * DAY, 2.5 * DAY)
"""Shortest and longest time constant of the way back, seconds (assumption)."""

IN_BED = (2.0 * DAY, 5.0 * DAY)
"""Shortest and longest time at home with a fever, seconds (assumption)."""

A_DAY_OFF = 0.3
"""Chance to stay at home for a day with a mere cold (assumption)."""

MONTH = 28 * DAY


@dataclass(frozen=True, slots=True)
class Illness:
    """One infection of one person.

    Attributes:
        known: simulated second of the first symptoms; until then its bearer knows nothing of it.
        lead: seconds before that for which the body has changed.
        fever: rise of body temperature at its height, °C.
        recovery: time constant of the way back, seconds.
        absent: seconds at home from the first symptoms on.
    """

    known: float
    lead: float
    fever: float
    recovery: float
    absent: float

    def rise(self, at: float) -> float:
        """Return the rise of body temperature at a time, °C."""
        begun = at - (self.known - self.lead)
        if begun <= 0.0:
            return 0.0
        height = self.lead + HEIGHT
        if begun < height:
            return self.fever * (begun / height) ** 2
        return self.fever * math.exp((height - begun) / self.recovery)


_NOBODY: Mapping[int, Sequence[Illness]] = {}
"""Who is ill in most households in most months."""


class Infections:
    """What goes round in a household.

    Args:
        seeds: gives each month of the household a stream of its own.
        calendar: gives the season.
        household: its id.
        ages: of its members, in order.
        south: whether winter is in July.
    """

    __slots__ = ("_ages", "_calendar", "_household", "_known", "_month", "_months", "_seeds", "_south")

    def __init__(
        self, seeds: Seeds, calendar: Calendar, household: str, ages: Sequence[int], south: bool
    ) -> None:
        self._seeds = seeds
        self._calendar = calendar
        self._household = household
        self._ages = bytes(ages)
        self._south = south
        self._month: int | None = None
        self._months: dict[int, tuple[tuple[int, Illness], ...]] = {}
        self._known: Mapping[int, Sequence[Illness]] = _NOBODY

    def of(self, member: int, at: float) -> Sequence[Illness]:
        """Return the illnesses of a member that may show at a time."""
        month = int(at // MONTH + 0.5)  # a run's first day lies amid a month, and needs no other soon
        if month != self._month:
            self._month = month
            self._known = self._around(month)
        return self._known.get(member, ())

    def _around(self, month: int) -> Mapping[int, Sequence[Illness]]:
        """Return who may be ill in a month: some have begun before it, others show before they are known."""
        near = range(month - 1, month + 2)
        self._months = {each: self._months.get(each) or tuple(self._in(each)) for each in near}
        known: dict[int, list[Illness]] = {}
        for who, illness in chain.from_iterable(self._months.values()):
            known.setdefault(who, []).append(illness)
        return known or _NOBODY

    def _in(self, month: int) -> Iterator[tuple[int, Illness]]:
        """Yield all illnesses that are brought home in a month, and those that come of them."""
        draws, members = self._seeds.draws("infections", self._household, month), range(len(self._ages))
        season = self._season(month * MONTH)
        rates = [_from_age(A_YEAR, age) for age in self._ages]
        # All that bring something home together do so at the sum of their rates.
        mean = sum(rates) * FROM_OUTSIDE * season * MONTH / (365.25 * DAY)
        waited = draws.exponential(1.0) / mean
        while waited < 1.0:
            member = draws.choice(members, rates)
            known = (month - 0.5 + waited) * MONTH
            feverish = draws.chance(_from_age(FEVERISH, self._ages[member]))
            yield member, _fall_ill(known, feverish, draws)
            for other in members:
                if other != member and draws.chance(ATTACK_RATE):
                    later = max(draws.normal(*SERIAL_INTERVAL), DAY)
                    yield other, _fall_ill(known + later, feverish, draws)
            waited += draws.exponential(1.0) / mean

    def _season(self, at: float) -> float:
        day = self._calendar.date(at).timetuple().tm_yday - HEIGHT_OF_WINTER
        wave = math.cos(2.0 * math.pi * day / 365.25)
        return 1.0 + SEASONALITY * (-wave if self._south else wave)


def _fall_ill(known: float, feverish: bool, draws: Draws) -> Illness:
    fever = max(draws.normal(*(FEVER if feverish else NO_FEVER)), 0.05)
    absent = draws.uniform(*IN_BED) if feverish else DAY - 6 * HOUR if draws.chance(A_DAY_OFF) else 0.0
    return Illness(known, draws.uniform(*LEAD), fever, draws.uniform(*RECOVERY), absent)


def _from_age(table: tuple[tuple[int, float], ...], age: int) -> float:
    return table[bisect(table, (age, math.inf)) - 1][1]
