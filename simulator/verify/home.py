"""Home inference: where somebody is at night is where they live.

The modal cell of the night hours finds homes in phone records and position logs (Krumm, "Inference attacks
on location tracks", Pervasive 2007; Vanhoof et al., "Assessing the quality of home detection from mobile
phone data", Journal of Official Statistics 34, 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.verify.fixes import Fixes, Floats, Integers, distance
from simulator.verify.proportion import Proportion

NIGHT_ENDS = 6.0
"""Local hour; the night begins at midnight."""

CELL = 250.0
"""Metres; fine enough to tell streets apart, coarse enough to hold the scatter of positions in a house."""

FOUND = 250.0
"""Metres; who comes as near as this stands in the right street."""


@dataclass(frozen=True, slots=True)
class Homes:
    """Where an attacker takes people to live, one a row.

    Attributes:
        person: each person who was seen at night, once, in order.
        latitude, longitude: the mean of their positions in the cell where they were most often, degrees.
    """

    person: Integers
    latitude: Floats
    longitude: Floats


def infer_homes(fixes: Fixes, *, cell: float = CELL) -> Homes:
    """Return a home for everybody who was seen between midnight and 06:00.

    It is the cell in which they were seen in most of these hours.

    Args:
        fixes: everybody's.
        cell: side of a cell, metres.
    """
    night = fixes.of(fixes.hour_of_day < NIGHT_ENDS)
    if not len(night):
        return Homes(night.person, night.latitude, night.longitude)
    pairs = np.column_stack([night.person, night.cells(cell)])
    spots, spot, fixes_there = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    spot = spot.reshape(-1)
    latitude = np.bincount(spot, night.latitude) / fixes_there
    longitude = np.bincount(spot, night.longitude) / fixes_there
    # Hours, not fixes: a device looks more often where there is more to see.
    hours = np.unique(np.column_stack([spot, night.hours()]), axis=0)[:, 0]
    counts = np.bincount(hours, minlength=len(spots))
    # The last spot of each person is the one with most hours, once sorted by person and count.
    order = np.lexsort((counts, spots[:, 0]))
    owner = spots[order, 0]
    modal = order[np.append(owner[1:] != owner[:-1], True)]
    return Homes(spots[modal, 0], latitude[modal], longitude[modal])


def homes_found(homes: Homes, latitude: Floats, longitude: Floats, *, within: float = FOUND) -> Proportion:
    """Return the share of inferred homes that are right.

    Args:
        homes: what the attacker infers.
        latitude, longitude: of the true home of each person, by the number of the person, degrees.
        within: metres that a home may be off.
    """
    off = distance(homes.latitude, homes.longitude, latitude[homes.person], longitude[homes.person])
    return Proportion(int((off <= within).sum()), len(off))
