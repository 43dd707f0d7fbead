"""What is measured of privacy: how few points of a trace single a person out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.calibration.cohort import Cohort
from simulator.calibration.estimate import Estimate
from simulator.calibration.measure import Measure, measures
from simulator.calibration.town import Town
from simulator.core.units import DAY, HOUR
from simulator.verify import Fixes, call_records, unicity

POINTS = 4
ATTACKED = 1000
"""People whose points are looked for among all."""


def unicity_4(town: Cohort) -> Sequence[Estimate]:
    """People whom four of a phone network's records, of an hour and a kilometre, tell from all others."""
    generator = np.random.default_rng(2013)
    records = call_records(_hourly(town), generator)
    found = unicity(records, generator, points=POINTS, people=ATTACKED)
    return [Estimate(found.value, found.low, found.high).times(100.0)]


def _hourly(town: Cohort) -> Fixes:
    """Return where everybody is once an hour, each at a moment of it that is theirs."""
    generator = np.random.default_rng(2014)
    hours = np.arange(0.0, town.days * DAY, HOUR)
    people, moments, places = [], [], []
    for number, person in enumerate(town.people()):
        at = hours + generator.random() * HOUR
        for lived in town.chronicle.lived(person.id):
            first, last = np.searchsorted(at, (lived.start, lived.end))
            places += [lived.spell.position(moment) for moment in at[first:last].tolist()]
        people.append(np.full(len(at), number))
        moments.append(at)
    latitude, longitude = np.array(places).T
    clock = np.concatenate(moments) + town.chronicle.calendar.hour(0.0) * HOUR
    return Fixes(np.concatenate(people), clock, latitude, longitude)


MEASURES: Mapping[str, Measure] = measures(Town, of=(unicity_4,))
"""A measure for each target, by its id."""
