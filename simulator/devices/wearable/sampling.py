"""How often a wearable takes the pulse, and how long it runs: a watch or a band."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.core.units import DAY, HOUR


class Sampling(StrEnum):
    """Which kind of wearable to be."""

    WATCH = "watch"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the kind of wearable decides.

    Attributes:
        rest: shortest and longest time between two pulse samples outside exercise, seconds.
        exercise: time between two pulse samples in exercise, seconds.
        battery_life: shortest and longest time that a full battery lasts, old or new, while its wearer is
            awake, seconds.
    """

    rest: tuple[float, float]
    exercise: float
    battery_life: tuple[float, float]


RHYTHMS = {
    Sampling.WATCH: Rhythm(rest=(180.0, 420.0), exercise=5.0, battery_life=(16 * HOUR, 20 * HOUR)),
    Sampling.BAND: Rhythm(rest=(5.0, 5.0), exercise=1.0, battery_life=(4.1 * DAY, 5.8 * DAY)),
}
"""Watch: Cardiogram's help pages and vendor data. Band: the Fitbit Charge HR manual; with the nights, which
drain less, it lasts 5 to 7 days."""
