"""A motor of the shop: when it runs, how it wears, and when it fails."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Any

import simpy

from simulator.core.seeds import Draws
from simulator.core.units import DAY, HOUR
from simulator.world.hours import OpeningHours

LIFE_MEDIAN = 36 * DAY
LIFE_LOG_SD = 0.4
"""Weeks instead of the years that motors last, so that a run shows whole lives, as the accelerated life
tests do that prognostics is trained on (NASA/IMS bearings: 7 days; C-MAPSS engines: 128 to 362 cycles,
a spread of this log-SD's kind)."""

REPAIR_MEDIAN = 7 * HOUR
REPAIR_LOG_SD = 0.5
"""From failure to replacement: a technician comes the same day or the next morning (assumption)."""

WEAR_STEPS = 32
WEAR_EXPONENT = 2.5
"""Wear follows a gamma process whose mean grows as time to this power: slow at first, then ever faster
(van Noortwijk, "A survey of the application of gamma processes in maintenance", RESS 94, 2009)."""

NEW_RMS = 0.9
NEW_RMS_LOG_SD = 0.15
WORN_RMS_FACTOR = 10.0
"""Vibration velocity, mm/s rms: from a new machine's (zone A of ISO 10816-1 for small machines ends at
0.71, B at 1.8) to far into the zone D of damage, which begins at 4.5."""

ROOM = 22.0
RISE = 45.0
"""°C: the shop's temperature, and how far above it a new motor gets that runs all the time."""

_GAMMA_SHAPE = 6.0
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


class MotorChange(StrEnum):
    """What happened to a motor."""

    FAILED = "failed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class MotorEvent:
    """One thing that happened to a motor, at a simulated second."""

    at: float
    change: MotorChange


@dataclass(frozen=True, slots=True)
class Duty:
    """When a motor is asked to run.

    Attributes:
        load: share of the time, while the machine is in use.
        asked: returns whether it is asked to run at a simulated second.
    """

    load: float
    asked: Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class Belt:
    """A checkout belt's asking: during opening hours, for whole customers.

    Which customers' turns are busy follows a Weyl sequence: the share is exact, and no regular look at the
    belt beats with it.

    Attributes:
        hours: the shop's.
        turn: seconds that a customer takes, or a pause.
        load: share of turns when the belt runs.
        phase: 0 to 1, the belt's own.
    """

    hours: OpeningHours
    turn: float
    load: float
    phase: float

    def __call__(self, at: float) -> bool:
        """Return whether the belt is asked to run."""
        return self.hours.is_open(at) and (self.phase + at // self.turn * _GOLDEN) % 1.0 < self.load


class Motor:
    """A motor and, after each failure, its replacement. Sensors read and observe it.

    Args:
        env: the world's environment.
        id: such as ``n0-s0-motor0``.
        duty: when it is asked to run.
        draws: the motor's own stream.

    Attributes:
        id: as given.
        failed: whether it stands still, broken, until it is replaced.
        observers: called with each failure and replacement.
    """

    __slots__ = (
        "_draws",
        "_duty",
        "_env",
        "_fails_at",
        "_installed",
        "_new_rms",
        "_wear",
        "failed",
        "id",
        "observers",
    )

    def __init__(self, env: simpy.Environment, id: str, duty: Duty, draws: Draws) -> None:  # noqa: A002
        self.id = id
        self.failed = False
        self.observers: list[Callable[[MotorEvent], None]] = []
        self._env = env
        self._duty = duty
        self._draws = draws
        self._install(age=draws.uniform())

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Return the motor's lives, one after the other, as a SimPy process."""
        env = self._env
        while True:
            yield env.timeout(self._fails_at - env.now)
            self.failed = True
            self._tell(MotorChange.FAILED)
            yield env.timeout(self._draws.lognormal(REPAIR_MEDIAN, REPAIR_LOG_SD))
            self._install()
            self.failed = False
            self._tell(MotorChange.REPLACED)

    def running(self, at: float) -> bool:
        """Return whether it turns at `at`, which is now."""
        return not self.failed and self._duty.asked(at)

    def wear(self, at: float) -> float:
        """Return the wear of the motor that is installed: 0 when new, 1 at failure, never falling."""
        steps = WEAR_STEPS * (at - self._installed) / (self._fails_at - self._installed)
        step = min(int(steps), WEAR_STEPS - 1)
        below, above = self._wear[step], self._wear[step + 1]
        return below + (above - below) * min(steps - step, 1.0)

    def remaining_life(self, at: float) -> float:
        """Return the seconds until it fails, 0 after it has failed."""
        return max(self._fails_at - at, 0.0)

    def vibration(self, at: float) -> float:
        """Return the true vibration velocity in mm/s rms; 0 while it stands still."""
        return self._new_rms * math.pow(WORN_RMS_FACTOR, self.wear(at)) if self.running(at) else 0.0

    def kurtosis(self, at: float) -> float:
        """Return the kurtosis of the vibration: 3 for a healthy motor, more while damage is local.

        A spall strikes once a turn; as damage spreads the strikes merge, and kurtosis falls back although
        vibration grows on (Dyer & Stewart, J. Mechanical Design 100, 1978).
        """
        wear = self.wear(at)
        return 3.0 + 20.0 * wear**2 * (1.0 - wear) if self.running(at) else 3.0

    def temperature(self, at: float) -> float:
        """Return the temperature of its housing in °C; friction adds to it as the motor wears."""
        load = 0.0 if self.failed else self._duty.load
        return ROOM + RISE * load * (1.0 + 0.5 * self.wear(at))

    def _install(self, age: float = 0.0) -> None:
        """Put in a motor that has lived a share `age` of its life, and draw what will become of it."""
        life = self._draws.lognormal(LIFE_MEDIAN, LIFE_LOG_SD)
        self._installed = self._env.now - age * life
        self._fails_at = self._installed + life
        self._new_rms = self._draws.lognormal(NEW_RMS, NEW_RMS_LOG_SD)
        shares = [(step / WEAR_STEPS) ** WEAR_EXPONENT for step in range(WEAR_STEPS + 1)]
        shapes = [_GAMMA_SHAPE * WEAR_STEPS * (b - a) for a, b in pairwise(shares)]
        growth: list[float] = self._draws.generator().gamma(shapes).tolist()
        path = list(accumulate(growth, initial=0.0))
        self._wear = tuple(wear / path[-1] for wear in path)

    def _tell(self, change: MotorChange) -> None:
        for observer in self.observers:
            observer(MotorEvent(self._env.now, change))


def belt(hours: OpeningHours, draws: Draws) -> Duty:
    """Return the duty of a checkout belt: it runs a third to two thirds of the opening hours."""
    load = draws.uniform(0.3, 0.65)
    return Duty(load, Belt(hours, turn=draws.uniform(40.0, 120.0), load=load, phase=draws.uniform()))
