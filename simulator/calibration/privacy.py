"""What is measured of privacy: how few points of a trace single a person out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.cohort import Cohort
from simulator.calibration.estimate import Estimate, mean
from simulator.calibration.measure import Measure, measures
from simulator.calibration.town import Town
from simulator.core.units import DAY, HOUR

CELL = 0.01
"""Degrees: the side of a cell, 1.1 km to the north."""

POINTS = 4
ATTACKED = 1000
"""People whose points are looked for among all."""


def unicity_4(town: Cohort) -> Sequence[Estimate]:
    """People whom four points of their trace, an hour and a kilometre each, tell from all others."""
    traces = _traces(town)
    generator = np.random.default_rng(2013)
    attacked = generator.permutation(len(traces))[:ATTACKED]
    single = []
    for person in attacked:
        hours = generator.choice(traces.shape[1], POINTS, replace=False)
        alike = (traces[:, hours] == traces[person, hours]).all(axis=1).sum()
        single.append(100.0 * (alike == 1))
    return [mean(single)]


def _traces(town: Cohort) -> NDArray[np.int64]:
    """Return the cell of everybody in the middle of each hour: a row a person, a column an hour."""
    moments = np.arange(0.5 * HOUR, town.days * DAY, HOUR)
    rows = []
    for person in town.people():
        cells = np.zeros(len(moments), np.int64)
        for lived in town.chronicle.lived(person.id):
            first, last = np.searchsorted(moments, (lived.start, lived.end))
            if lived.spell.place is not None:
                cells[first:last] = _cell(*lived.spell.position(lived.start))
            else:
                for number in range(first, last):
                    cells[number] = _cell(*lived.spell.position(moments[number]))
        rows.append(cells)
    return np.array(rows)


def _cell(latitude: float, longitude: float) -> int:
    return int((latitude + 90.0) / CELL) * 100_000 + int((longitude + 180.0) / CELL)


MEASURES: Mapping[str, Measure] = measures(Town, of=(unicity_4,))
"""A measure for each target, by its id."""
