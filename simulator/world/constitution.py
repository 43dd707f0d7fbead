"""The health that nature gives a person: infections, the cycle, slow swings of the pulse, its rhythm."""

from __future__ import annotations

import math
from array import array

from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR
from simulator.world.cycle import Cycle, draw_cycle
from simulator.world.fibrillation import fibrillates, is_prone
from simulator.world.health import Health
from simulator.world.illness import Infections
from simulator.world.person import Sex

PER_DEGREE = 8.5
"""Beats a minute for each °C of fever (Karjalainen and Viitasalo 1986, Archives of Internal Medicine)."""

LUTEAL_PULSE, LUTEAL_SKIN = 2.5, 0.35
"""Rise in the luteal phase, beats a minute and °C (Alzueta et al. 2022, Sleep; Maijala et al. 2019, BMC
Women's Health)."""

SWING = (1.15, 0.4)
"""Median between people, and SD of its logarithm, of the SD of the slow swings, beats a minute: training,
drink, stress, weather (assumption)."""

PERIODS = (3.0 * DAY, 60.0 * DAY)
"""Shortest and longest period of the swings, seconds (assumption)."""

WAVES = 5
"""Number of waves that make the swings."""

_NONE = array("d")


class Constitution(Health):
    """The health of one person.

    The slow swings are a sum of waves with periods and phases of the person's own: a stationary random
    process by its spectrum (Shinozuka and Deodatis 1991, Applied Mechanics Reviews), which unlike a recursion
    may be asked about at any time.

    Args:
        seeds: the run's random streams.
        person: the id.
        age: years.
        sex: decides about the cycle.
        infections: what goes round in the household.
        number: which of its members the person is.
    """

    __slots__ = (
        "_asked",
        "_cycle",
        "_infections",
        "_number",
        "_person",
        "_prone",
        "_pulse",
        "_seeds",
        "_waves",
    )

    def __init__(
        self, seeds: Seeds, person: str, age: int, sex: Sex, infections: Infections, number: int
    ) -> None:
        draws = seeds.draws("constitution", person)
        self._seeds = seeds
        self._person = person
        self._infections = infections
        self._number = number
        self._prone = is_prone(age, draws)
        self._cycle: Cycle | None = draw_cycle(age, sex, draws)
        self._waves = _NONE
        self._asked: float | None = None
        self._pulse = 0.0

    def fever(self, at: float) -> float:
        """Return the rise of body temperature by illness, °C."""
        return sum(illness.rise(at) for illness in self._infections.of(self._number, at))

    def stays_home(self, at: float) -> bool:
        """Return whether the person knows to be ill, and stays at home."""
        return any(
            illness.known <= at < illness.known + illness.absent
            for illness in self._infections.of(self._number, at)
        )

    def pulse(self, at: float) -> float:
        """Return by how much the resting pulse is above its usual self, beats a minute; the same all hour."""
        hour = at // HOUR
        if hour != self._asked:
            self._asked, self._pulse = hour, self._slow_course(hour * HOUR)
        return self._pulse

    def _slow_course(self, at: float) -> float:
        course = PER_DEGREE * self.fever(at)
        if self._cycle:
            course += LUTEAL_PULSE * self._cycle.luteal(at)
        waves = self._waves or self._draw_waves()
        for i in range(0, 3 * WAVES, 3):
            course += waves[i] * math.cos(waves[i + 1] * at + waves[i + 2])
        return course

    def skin(self, at: float) -> float:
        """Return by how much the skin is warmer than usual, °C."""
        return self.fever(at) + (LUTEAL_SKIN * self._cycle.luteal(at) if self._cycle else 0.0)

    def fibrillates(self, at: float) -> bool:
        """Return whether the atria fibrillate, which makes the pulse irregular."""
        return self._prone and fibrillates(self._seeds, self._person, at)

    def _draw_waves(self) -> array[float]:
        """Return size, angular speed and phase of each wave; few people are ever asked for theirs."""
        draws = self._seeds.draws("swings", self._person)
        size = draws.lognormal(*SWING) * math.sqrt(2.0 / WAVES)
        shortest, longest = map(math.log, PERIODS)
        turn = 2.0 * math.pi
        waves = array("d")
        for _ in range(WAVES):
            speed = turn / math.exp(draws.uniform(shortest, longest))
            waves.extend((size, speed, draws.uniform(0.0, turn)))
        self._waves = waves
        return waves
