"""The household that somebody shops for, and what it has a taste for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from simulator.core.seeds import Seeds
from simulator.world.assortment import catalogue

Weights = npt.NDArray[np.float64]

TASTE_SHAPE = 0.7
"""How often one household buys a good differs from the next one's by a gamma factor of this shape and mean
1, the same every week: some buy it again and again, most hardly ever (Ehrenberg, "The pattern of consumer
purchases", Applied Statistics 8, 1959; Goodhardt, Ehrenberg & Chatfield, "The Dirichlet", J. Royal
Statistical Society A 147, 1984, who find shapes from about 0.3 to 1)."""

EXTRA_UNITS_A_HEAD = 0.13
"""Units of a good beyond the first that a shopper takes for each person to be fed (assumption: 1.3 units in
all for a household of 2.5)."""

OUT_OF_NAPPIES = 3
"""Years; younger children need goods for babies."""

BABY_NEEDS = 12.0
PET_NEEDS = 1.8
NO_NEED = 0.05
"""How much more, or less, than anybody those want goods for babies and pets who have one, and who have none:
6 % of households have so young a child, and somewhat over half have a pet (assumption)."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a shopper shops for.

    Attributes:
        household: its id, to which its tastes are tied.
        people: how many are to be fed.
        babies: how many of them wear nappies.
        pets: how many animals are fed, None if nobody knows.
    """

    household: str
    people: int = 2
    babies: int = 0
    pets: int | None = None

    @property
    def extra_units(self) -> float:
        """Mean of the units that the household wants of a good beyond the first."""
        return EXTRA_UNITS_A_HEAD * self.people


def tastes(customer: Customer, seeds: Seeds) -> Weights:
    """Return how much a household likes each good of the catalogue; the mean over households is about 1.

    It is drawn anew, and alike, at each visit, which takes less than keeping it would.
    """
    generator = seeds.draws("taste", customer.household).generator()
    liking: Weights = generator.standard_gamma(TASTE_SHAPE, len(catalogue())) / TASTE_SHAPE
    liking[_goods_of("baby")] *= BABY_NEEDS if customer.babies else NO_NEED
    if customer.pets is not None:
        liking[_goods_of("pet")] *= PET_NEEDS if customer.pets else NO_NEED
    return liking


@cache
def _goods_of(department: str) -> npt.NDArray[np.intp]:
    return np.flatnonzero([good.item.department == department for good in catalogue()])
