"""The menstrual cycle, as far as a wearable sees it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.core.seeds import Draws
from simulator.core.units import DAY
from simulator.world.person import Sex

AGES = range(13, 51)
"""Years in which women have one (menarche at 12 to 13, menopause at 51, on average)."""

NATURAL = 0.65
"""Share of them who do, neither pregnant nor on hormones (assumption)."""

LENGTH = (29.3, 3.0)
"""Mean and SD between women, days (Bull et al. 2019, npj Digital Medicine; the SD is theirs of the ten years
about 30, rounded)."""

LUTEAL = 12.4
"""Days from ovulation to the next cycle (Bull et al. 2019)."""

RAMP = 2.0
"""Days in which the body changes over (assumption)."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One woman's cycle.

    Attributes:
        length: days.
        begun: simulated second at which some cycle begins.
    """

    length: float
    begun: float

    def luteal(self, at: float) -> float:
        """Return how far the body is in its luteal phase, 0 to 1."""
        day = (at - self.begun) / DAY % self.length - (self.length - LUTEAL)
        return min(max(min(day, LUTEAL - day) / RAMP, 0.0), 1.0)


def draw_cycle(age: int, sex: Sex, draws: Draws) -> Cycle | None:
    """Return the cycle of a person, None for those who have none."""
    if sex is not Sex.FEMALE or age not in AGES or not draws.chance(NATURAL):
        return None
    length = max(draws.normal(*LENGTH), 21.0)
    return Cycle(length, draws.uniform(0.0, length) * DAY)
