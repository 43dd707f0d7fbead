"""Linkage: whose watch was in the shop for just the time in which a basket was filled.

Two data sets without a name in common are joined by space and time, as in the linkage of taxi rides and
celebrities' pictures, or of card payments and receipts (de Montjoye et al., "Unique in the shopping mall",
Science 347, 2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.core.units import MINUTE
from simulator.verify.fixes import Fixes, Floats, Integers
from simulator.verify.proportion import Proportion

REACH = 60.0
"""Metres round a shop's middle that may be in the shop: its size, and the scatter of positions indoors."""

DOORSTEP = 6 * MINUTE
"""Seconds before the first item and after the last in which a shopper may be in the shop or not: the way in,
the till, the way out."""

AROUND = 60 * MINUTE
"""Seconds before and after in which a shopper should be elsewhere; who is near all the time works there."""

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Baskets:
    """Baskets of a shop, one a row, as tills or shelf sensors tell them.

    Attributes:
        start, end: when the first and the last item was taken, seconds of the local clock.
        latitude, longitude: of the shop, degrees.
    """

    start: Floats
    end: Floats
    latitude: Floats
    longitude: Floats

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class Linkage:
    """What an attacker makes of baskets and positions.

    Attributes:
        person: whom each basket is given to; `NOBODY` if no position fits it.
        candidates: how many people were seen in the time around each basket, among whom to choose.
    """

    person: Integers
    candidates: Integers

    def right(self, shopper: Integers) -> Proportion:
        """Return the share of baskets given to the right person.

        Args:
            shopper: whose basket each is; baskets of people who have no watch are not to be asked about.
        """
        return Proportion(int((self.person == shopper).sum()), len(shopper))

    @property
    def chance(self) -> float:
        """Share that a blind choice among the candidates gets right; nan without baskets."""
        return float(np.mean(1.0 / np.maximum(self.candidates, 1))) if len(self.candidates) else np.nan


def link(fixes: Fixes, baskets: Baskets, *, reach: float = REACH) -> Linkage:
    """Give each basket to the person whose positions fit it best.

    Positions near the shop speak for a person during the visit, and against them in the hour before and
    after; positions elsewhere speak against them while the basket was filled.

    Args:
        fixes: everybody's who may be a shopper.
        baskets: to be given to somebody.
        reach: metres round the shop that count as near.
    """
    fixes = fixes.of(np.argsort(fixes.at, kind="stable"))
    everybody = int(fixes.person.max()) + 1 if len(fixes) else 0
    first = np.searchsorted(fixes.at, baskets.start - AROUND)
    last = np.searchsorted(fixes.at, baskets.end + AROUND)
    person = np.full(len(baskets), NOBODY, np.int64)
    candidates = np.zeros(len(baskets), np.int64)
    for basket in range(len(baskets)):
        seen = fixes.of(np.arange(first[basket], last[basket]))
        if not len(seen):
            continue
        near = seen.distance(baskets.latitude[basket], baskets.longitude[basket]) <= reach
        start, end = baskets.start[basket], baskets.end[basket]
        filling = (seen.at >= start) & (seen.at <= end)
        visiting = (seen.at >= start - DOORSTEP) & (seen.at <= end + DOORSTEP)
        vote = np.where(near, np.where(visiting, 1.0, -1.0), np.where(filling, -1.0, 0.0))
        score = np.bincount(seen.person, vote, minlength=everybody)
        best = int(score.argmax())
        candidates[basket] = len(np.unique(seen.person))
        if score[best] > 0:
            person[basket] = best
    return Linkage(person, candidates)
