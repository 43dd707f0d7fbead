"""Unicity: how few points of a trace single a person out.

De Montjoye, Hidalgo, Verleysen and Blondel, "Unique in the Crowd: The privacy bounds of human mobility",
Scientific Reports 3:1376, 2013: of 1.5 million people, 95 % were told apart by four random points of their
trace, at the resolution of an hour and of a mobile network's antennas.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.core.units import DAY
from simulator.verify.fixes import Fixes, Integers
from simulator.verify.proportion import Proportion

POINTS = 4
CELL = 1000.0
"""Metres; about the reach of an antenna in a town."""

CALLS_A_MONTH = 114.0
"""Records that a network keeps of one person (de Montjoye 2013)."""

_MONTH = 365.25 / 12 * DAY
_WAKING = (7.0, 23.0)
"""Local hours in which people call and write (assumption)."""


def unicity(
    fixes: Fixes,
    generator: np.random.Generator,
    *,
    points: int = POINTS,
    cell: float = CELL,
    hours: float = 1.0,
    people: int | None = None,
) -> Proportion:
    """Return the share of people whom some random points of their own trace tell from everybody else.

    A trace is the set of different points, each a cell and a stretch of time, in which somebody was seen.
    An attacker who knows `points` of them, chosen with equal chance, has found the person if nobody else
    was seen in all of these.

    Args:
        fixes: everybody's; the crowd matters as much as those who are looked for.
        generator: chooses points, and people where not all are looked for.
        points: that the attacker knows.
        cell: side of a cell, metres.
        hours: length of a stretch of time.
        people: how many to look for; everybody if left out. Those whose trace has fewer points than the
            attacker knows are left out.
    """
    point = _ranks(fixes.cells(cell), fixes.hours(hours))
    person = _ranks(fixes.person)
    # One number for each different pair, sorted by point and then person: a point's people are one slice.
    count = int(person.max()) + 1 if len(person) else 1
    point, person = np.divmod(np.unique(point * count + person), count)
    crowd = np.searchsorted(point, np.arange(len(np.unique(point)) + 1))
    order = np.argsort(person, kind="stable")
    trace = point[order]
    _, starts, lengths = np.unique(person[order], return_index=True, return_counts=True)
    known = np.flatnonzero(lengths >= points)
    if people is not None and people < len(known):
        known = generator.choice(known, people, replace=False)
    alone = 0
    for who in known:
        trace_of_one = trace[starts[who] : starts[who] + lengths[who]]
        chosen = generator.choice(trace_of_one, points, replace=False)
        alone += _is_alone(chosen, crowd, person)
    return Proportion(alone, len(known))


def call_records(fixes: Fixes, generator: np.random.Generator, *, a_month: float = CALLS_A_MONTH) -> Fixes:
    """Return the fixes that a network would have: few, where and when people happen to call or write.

    The published unicity is that of such records. In a trace that knows each hour, most points are at home,
    and so are those of the neighbours; in records, two neighbours are seldom seen in the same hours.

    Args:
        fixes: everybody's, for most of their waking hours.
        generator: decides in which of their waking hours people call, at most once in each.
        a_month: mean number of records of a person in a month.
    """
    start, end = _WAKING
    hour = fixes.hour_of_day
    awake = np.flatnonzero((hour >= start) & (hour < end))
    awake = awake[generator.permutation(len(awake))]
    _, once = np.unique(_ranks(fixes.person[awake], fixes.hours()[awake]), return_index=True)
    people = len(np.unique(fixes.person))
    span = float(np.ptp(fixes.at)) if len(fixes) else 0.0
    wanted = a_month * span / _MONTH * people
    share = min(wanted / len(once), 1.0) if len(once) else 0.0
    return fixes.of(awake[once[generator.random(len(once)) < share]])


def _ranks(*columns: Integers) -> Integers:
    """Return for each row its number among the different rows of some columns, in their order."""
    rank = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        _, rank = np.unique(rank * len(values) + place, return_inverse=True)
    return rank


def _is_alone(points: Integers, crowd: np.ndarray[Any, Any], person: Integers) -> bool:
    """Return whether only one person was seen in all of the points."""
    crowds = sorted((person[crowd[point] : crowd[point + 1]] for point in points), key=len)
    suspects = crowds[0]
    for others in crowds[1:]:
        if len(suspects) == 1:
            break
        suspects = suspects[np.isin(suspects, others, assume_unique=True)]
    return len(suspects) == 1
