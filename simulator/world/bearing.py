"""A bearing: how long it lasts under a load, how damage grows in it, and where it makes itself heard.

Its life has two stages (Wang, "A model to predict the residual life of rolling element bearings", IMA J.
Management Mathematics 13, 2002): fatigue below the surface, of which nothing is heard, and then a spall
that grows, exponentially and at a pace of its own (Gebraeel et al., "Residual-life distributions from
component degradation signals: a Bayesian approach", IIE Transactions 37, 2005). The growth is a gamma
process, since damage never heals (van Noortwijk, "A survey of the application of gamma processes in
maintenance", Reliability Engineering & System Safety 94, 2009).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from simulator.core.seeds import Draws
from simulator.core.units import MINUTE

FATIGUE_MEAN = 10.7e6
FATIGUE_SHAPE = 2.0
"""Revolutions until a spall begins, at the test rig's load, and the Weibull shape of their spread. In the
second IMS run an outer race fails after 7 days at 2,000 rpm, of which it is heard for the last three (Lee,
Qiu, Yu & Lin, NASA prognostics data repository, 2007: 984 records, one in ten minutes; defect frequency
seen from about the 530th)."""

GROWTH_MEAN = 9.2e6
GROWTH_LOG_SD = 0.25
"""Revolutions from then to failure, likewise, and how they differ from bearing to bearing (assumption)."""

GROWTH_STEPS = 24
GROWTH_SHAPE = 2.0
"""A spall's growth is reckoned in so many steps, of a gamma distribution of this shape each (assumption)."""

FIRST_ENERGY = 0.01
LAST_ENERGY = 100.0
"""Energy of the vibration that a spall makes, relative to a sound bearing's: when it begins, and when the
bearing fails. Ten times the amplitude: from the middle of ISO 10816-1's zone B for small machines (0.71 to
1.8 mm/s rms) to twice the 4.5 mm/s where damage begins."""

LOAD_EXPONENT = 10 / 3
"""Life falls with load to this power (ISO 281 for roller bearings; 3 for balls)."""

FATIGUED = 0.1
"""Wear at which a spall begins; the rest is its growth."""

_LOG_GROWTH = math.log(LAST_ENERGY / FIRST_ENERGY)


class Defect(StrEnum):
    """Where a bearing is damaged."""

    OUTER_RACE = "outer_race"
    INNER_RACE = "inner_race"
    ROLLING_ELEMENT = "rolling_element"


DEFECT_SHARES = {Defect.OUTER_RACE: 0.5, Defect.INNER_RACE: 0.3, Defect.ROLLING_ELEMENT: 0.2}
"""How often each part is the first to fail (assumption; races fail more often than balls)."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Sizes of a bearing, any unit of length.

    Attributes:
        elements: number of balls or rollers.
        diameter: of one of them.
        pitch: diameter of the circle of their centres.
        angle: contact angle in radians.
    """

    elements: int
    diameter: float
    pitch: float
    angle: float = 0.0

    def frequencies(self, rpm: float) -> Mapping[Defect, float]:
        """Return the frequency in Hz at which damage of each part strikes, with the outer race at rest."""
        turns = rpm / MINUTE
        ratio = self.diameter / self.pitch * math.cos(self.angle)
        return {
            Defect.OUTER_RACE: self.elements / 2 * turns * (1.0 - ratio),
            Defect.INNER_RACE: self.elements / 2 * turns * (1.0 + ratio),
            Defect.ROLLING_ELEMENT: self.pitch / (2 * self.diameter) * turns * (1.0 - ratio**2),
        }


class Bearing:
    """One bearing, from new to its failure.

    Args:
        revolutions_a_second: mean over day and night.
        load: relative to the test rig's.
        draws: what is left to chance.

    Attributes:
        life: seconds from new to failure.
        defect: the part that fails.
    """

    __slots__ = ("_fatigue", "_path", "_step", "defect", "life")

    def __init__(self, revolutions_a_second: float, load: float, draws: Draws) -> None:
        seconds = math.pow(load, -LOAD_EXPONENT) / revolutions_a_second
        scale = FATIGUE_MEAN / math.gamma(1.0 + 1.0 / FATIGUE_SHAPE)
        self._fatigue = seconds * scale * math.pow(draws.exponential(1.0), 1.0 / FATIGUE_SHAPE)
        pace = draws.lognormal(1.0, GROWTH_LOG_SD)
        self._step = seconds * GROWTH_MEAN / GROWTH_STEPS * pace
        self.defect = draws.choice(tuple(DEFECT_SHARES), tuple(DEFECT_SHARES.values()))
        growth: list[float] = [0.0]
        while growth[-1] < 1.0:
            steps = draws.generator().gamma(GROWTH_SHAPE, 1.0 / (GROWTH_SHAPE * GROWTH_STEPS), GROWTH_STEPS)
            growth += accumulate(steps.tolist(), initial=growth.pop())
        last = next(step for step, grown in enumerate(growth) if grown >= 1.0)
        before, after = growth[last - 1], growth[last]
        self._path = array("d", growth[: last + 1])
        self.life = self._fatigue + self._step * (last - 1 + (1.0 - before) / (after - before))

    def growth(self, age: float) -> float:
        """Return how far a spall has grown at an age in seconds: 0 while there is none, 1 at failure.

        It is the share of the way on a logarithmic scale of the spall's energy.
        """
        if age <= self._fatigue:
            return 0.0
        steps = (age - self._fatigue) / self._step
        step = int(steps)
        if step + 1 >= len(self._path):
            return 1.0
        below, above = self._path[step], self._path[step + 1]
        return min(below + (above - below) * (steps - step), 1.0)

    def wear(self, age: float) -> float:
        """Return the wear at an age in seconds: 0 when new, 1 at failure, never falling."""
        fatigue = min(max(age, 0.0) / self._fatigue, 1.0)
        return FATIGUED * fatigue + (1.0 - FATIGUED) * self.growth(age)


def energy(growth: float) -> float:
    """Return the energy of a spall's vibration, relative to a sound bearing's."""
    return FIRST_ENERGY * math.expm1(growth * _LOG_GROWTH)
