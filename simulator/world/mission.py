"""What a shopper has come for: a mission makes some departments' goods likelier, all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.core.units import MINUTE

MAIN_TRIP = 30 * MINUTE
"""A visit that is longer is a main trip more often than not (assumption)."""

ELSEWHERE = 0.3
"""Pull of the departments that a mission is not about."""


@dataclass(frozen=True, slots=True)
class Mission:
    """What somebody has come for.

    Attributes:
        long_trips: share of the visits longer than `MAIN_TRIP` with this mission (assumption).
        short_trips: share of the shorter ones, likewise.
        pull: by department, how much likelier than usual its goods get into the basket.
        elsewhere: the same for all other departments.
    """

    long_trips: float
    short_trips: float
    pull: Mapping[str, float] = field(default_factory=dict)
    elsewhere: float = ELSEWHERE

    def weight(self, department: str) -> float:
        """Return how much likelier than usual a department's goods get into the basket."""
        return self.pull.get(department, self.elsewhere)


MISSIONS = (
    Mission(0.70, 0.15, elsewhere=1.0),
    Mission(0.10, 0.35, {"produce": 1.8, "bakery": 2.2, "dairy": 2.0, "breakfast": 1.0}),
    Mission(0.10, 0.25, {"meat": 3.0, "produce": 1.6, "pantry": 1.8, "ready": 2.5}),
    Mission(0.05, 0.15, {"snacks": 3.5, "drinks": 3.0, "ready": 2.0}),
    Mission(0.05, 0.10, {"household": 4.0, "care": 4.0, "pharmacy": 5.0, "baby": 5.0, "pet": 5.0}),
)
"""The main shop, topping up what is fresh, tonight's dinner, treats, and the home. Trips differ in kind,
and what is bought together differs with it (Kahn & Schmittlein, "Shopping trip behavior", Marketing Letters
1, 1989; Bell, Corsten & Knox, "From point of purchase to path to purchase", J. Marketing 75, 2011); the
figures are assumptions."""


def shares(duration: float) -> tuple[float, ...]:
    """Return how likely each of `MISSIONS` is for a visit of so many seconds."""
    if duration > MAIN_TRIP:
        return tuple(mission.long_trips for mission in MISSIONS)
    return tuple(mission.short_trips for mission in MISSIONS)
