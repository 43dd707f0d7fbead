"""The town of a scenario: how large it is, and how it is parted."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field

from simulator.core.ageing import Ageing
from simulator.core.options import Options

MOST_HOUSEHOLDS = 1_000_000
MOST_SHOPS = 100_000
_HOUSEHOLDS_PER_SHOP = 100


def _shops_for(world: dict[str, Any]) -> int:
    households: int = world.get("households", 0)  # 0: what is written for it is wrong, which is reported
    return math.ceil(households / _HOUSEHOLDS_PER_SHOP)


class World(Options):
    """The town: how many people there are, in how many neighbourhoods."""

    households: int = Field(
        default=100, ge=1, le=MOST_HOUSEHOLDS, description="Households in all neighbourhoods together."
    )
    shops: int = Field(
        default_factory=_shops_for,
        ge=0,
        le=MOST_SHOPS,
        description="Shops in all neighbourhoods together; one for each started 100 households if left out.",
    )
    households_per_neighbourhood: int = Field(
        default=100,
        ge=1,
        le=10_000,
        description="Most households in a neighbourhood, the unit in which a fleet is shared out.",
    )
    without: str | None = Field(
        default=None,
        max_length=100,
        description="Id of a person who wears nothing, such as `n0-h3-p1`: that makes a neighbouring fleet, "
        "which differs by one person, for `fleetsim verify --against`.",
    )
    ageing: Ageing = Field(
        default=Ageing.SERVICE,
        description="How fast the motors of the shops wear out: in years (service), or in days, as in a life "
        "test, with a test rig in each shop (accelerated).",
    )
