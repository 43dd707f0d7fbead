"""The sleep tracker: stages of the night."""

from __future__ import annotations

import math
from enum import StrEnum

from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person


class Stage(StrEnum):
    """Sleep stage, as consumer wearables tell them apart."""

    AWAKE = "awake"
    LIGHT = "light"
    DEEP = "deep"
    REM = "rem"


CYCLE = (90 * MINUTE, 12 * MINUTE)
"""Mean and SD of the length of a sleep cycle, seconds (Carskadon and Dement, textbook figures)."""
DEEP_SHARE = (0.38, 0.28, 0.12, 0.05, 0.0)
"""Share of deep sleep in the first, second, … cycle; over a night about 17 % (Ohayon 2004, Sleep)."""
REM_SHARE = (0.08, 0.2, 0.28, 0.32, 0.34)
"""Share of REM sleep likewise; over a night about 23 % (Ohayon 2004)."""
AWAKENING = 0.9
"""Chance that a cycle ends awake (assumption)."""
AWAKE = (4 * MINUTE, 0.17 * MINUTE)
"""Mean seconds of that at 20, and by how much it is longer for each year more: 18 minutes a night at 20, and
55 at 70. They are more in sleep laboratories (Ohayon 2004, Sleep), since wearables overlook some (Haghayegh
2019, Journal of Medical Internet Research); some 45 at 50 are what users of Fitbit see (from memory)."""
DEEP_LESS, MIDDLE_AGED = 0.009, 1.25
"""Share of deep sleep that is lost with each year past 20, some 2 % of the night in ten years (Ohayon 2004);
and how much more than `DEEP_SHARE`, which holds at 42, there is at 20."""
SHORTEST = MINUTE
"""Seconds; a shorter stage is not told apart."""


class Sleep:
    """Reports each change of stage while the wearer is asleep, and the waking up at the end."""

    __slots__ = (
        "_awake",
        "_cycle",
        "_depth",
        "_draws",
        "_hazards",
        "_household",
        "_person",
        "_stage",
        "_stages",
        "_until",
    )

    def __init__(self, person: Person, draws: Draws) -> None:
        self._person = person.id
        self._household = person.household
        self._hazards = hazards_of(person, Hazard.HEALTH, Hazard.SLEEP)
        years = min(max(person.age, 20), 80) - 20
        self._awake = AWAKE[0] + AWAKE[1] * years
        self._depth = MIDDLE_AGED * (1.0 - DEEP_LESS * years)
        self._draws = draws
        self._stages: list[tuple[Stage, float]] = []
        self._stage = Stage.AWAKE
        self._until = math.inf
        self._cycle = 0

    def record(self, stretch: Stretch, burst: list[Reading]) -> None:
        """Go through the stages of a stretch."""
        if stretch.spell.activity is not Activity.ASLEEP:
            if self._until != math.inf:
                self._report(stretch.start, Stage.AWAKE, stretch, burst)
                self.take_off()
            return
        if self._until == math.inf:
            self._until = stretch.start
        while self._until < stretch.end:
            if not self._stages:
                self._stages = self._next_cycle()
            stage, seconds = self._stages.pop()
            self._report(self._until, stage, stretch, burst)
            self._until += seconds

    def take_off(self) -> None:
        """Forget the night: it is over, or the wearable no longer sees it."""
        self._until = math.inf
        self._stage = Stage.AWAKE
        self._cycle = 0
        self._stages.clear()

    def _next_cycle(self) -> list[tuple[Stage, float]]:
        """Return the stages of one cycle and their seconds, last one first."""
        draws = self._draws
        number = min(self._cycle, len(DEEP_SHARE) - 1)
        self._cycle += 1
        length = max(draws.normal(*CYCLE), CYCLE[0] / 2)
        deep = length * DEEP_SHARE[number] * self._depth * draws.uniform(0.7, 1.3)
        rem = length * REM_SHARE[number] * draws.uniform(0.7, 1.3)
        before = (length - deep - rem) * draws.uniform(0.3, 0.6)
        stages = [
            (Stage.AWAKE, draws.exponential(self._awake) if draws.chance(AWAKENING) else 0.0),
            (Stage.REM, rem),
            (Stage.LIGHT, length - deep - rem - before),
            (Stage.DEEP, deep),
            (Stage.LIGHT, before),
        ]
        return [(stage, seconds) for stage, seconds in stages if seconds >= SHORTEST]

    def _report(self, at: float, stage: Stage, stretch: Stretch, burst: list[Reading]) -> None:
        if stage is self._stage:
            return
        self._stage = stage
        burst.append(
            Reading(
                at,
                "sleep_stage",
                {"stage": stage.value},
                self._person,
                self._household,
                stretch.place,
                self._hazards,
                stretch.facts,
            )
        )
