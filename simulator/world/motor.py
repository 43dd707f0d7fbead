"""A motor of the shop: when it runs, how its bearing wears, and when it fails."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import simpy

from simulator.core.seeds import Draws
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.bearing import Bearing, Defect, Geometry
from simulator.world.hours import OpeningHours
from simulator.world.indoors import Indoors
from simulator.world.vibration import SILENCE, Vibration, listen

REPAIR_MEDIAN = 7 * HOUR
REPAIR_LOG_SD = 0.5
"""From failure to replacement: a technician comes the same day or the next morning (assumption)."""

NEW_RMS = 0.9
NEW_RMS_LOG_SD = 0.15
"""Vibration velocity of a new motor, mm/s rms, between zones A and B of ISO 10816-1 for small machines
(which meet at 0.71), and its spread from one to the next (assumption)."""

RISE = 45.0
"""°C by which a new motor gets warmer than the air when it runs all the time."""

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
class MotorModel:
    """What motors of one make have in common.

    Attributes:
        geometry: of the bearing.
        rpm: turns a minute.
        load: on the bearing, relative to the test rig's.
    """

    geometry: Geometry
    rpm: float
    load: float


COMPRESSOR = MotorModel(Geometry(8, 6.75, 28.5), rpm=2900.0, load=0.19)
CHECKOUT = MotorModel(Geometry(9, 7.94, 39.04), rpm=1400.0, load=0.25)
"""A compressor with a bearing 6203 and a belt with a 6205, at loads under which they last for eight or nine
years (assumption), and so many revolutions as ISO 281 gives for them from what the test rig's bearing
lasts."""

TEST_RIG = MotorModel(Geometry(16, 0.331, 2.815, math.radians(15.17)), rpm=2000.0, load=1.0)
"""The bearings of the IMS runs: Rexnord ZA-2115, 16 rollers in a row, 2,000 rpm and 6,000 lb (Lee et al.
2007)."""


@dataclass(frozen=True, slots=True)
class Duty:
    """When a motor is asked to run.

    Attributes:
        load: share of the time, while the machine is in use.
        asked: returns whether it is asked to run at a simulated second.
        in_use: share of day and night in which the machine is in use.
    """

    load: float
    asked: Callable[[float], bool]
    in_use: float = 1.0


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
        model: its make.
        indoors: the air around it.

    Attributes:
        id: as given.
        model: its make.
        failed: whether it stands still, broken, until it is replaced.
        observers: called with each failure and replacement.
    """

    __slots__ = (
        "_bearing",
        "_draws",
        "_duty",
        "_env",
        "_indoors",
        "_installed",
        "_new_rms",
        "failed",
        "id",
        "model",
        "observers",
    )

    def __init__(
        self,
        env: simpy.Environment,
        id: str,  # noqa: A002
        duty: Duty,
        draws: Draws,
        model: MotorModel = COMPRESSOR,
        indoors: Indoors | None = None,
    ) -> None:
        self.id = id
        self.model = model
        self.failed = False
        self.observers: list[Callable[[MotorEvent], None]] = []
        self._env = env
        self._duty = duty
        self._draws = draws
        self._indoors = indoors or Indoors()
        self._install(age=draws.uniform())

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Return the motor's lives, one after the other, as a SimPy process."""
        env = self._env
        while True:
            yield env.timeout(self._installed + self._bearing.life - env.now)
            self.failed = True
            self._tell(MotorChange.FAILED)
            yield env.timeout(self._draws.lognormal(REPAIR_MEDIAN, REPAIR_LOG_SD))
            self._install()
            self.failed = False
            self._tell(MotorChange.REPLACED)

    def running(self, at: float) -> bool:
        """Return whether it turns at `at`, which is now."""
        return not self.failed and self._duty.asked(at)

    def age(self, at: float) -> float:
        """Return the seconds since the motor that is installed was new."""
        return at - self._installed

    def wear(self, at: float) -> float:
        """Return the wear of the motor that is installed: 0 when new, 1 at failure, never falling."""
        return self._bearing.wear(at - self._installed)

    def remaining_life(self, at: float) -> float:
        """Return the seconds until it fails, 0 after it has failed."""
        return max(self._installed + self._bearing.life - at, 0.0)

    def defect(self, at: float) -> Defect | None:
        """Return the part of its bearing that is damaged, None while none is."""
        return self._bearing.defect if self._bearing.growth(at - self._installed) > 0.0 else None

    def listen(self, at: float) -> Vibration:
        """Return the true features of its vibration; silence while it stands still."""
        if not self.running(at):
            return SILENCE
        return listen(self._new_rms, self._bearing.growth(at - self._installed), self._bearing.defect)

    def vibration(self, at: float) -> float:
        """Return the true vibration velocity in mm/s rms; 0 while it stands still."""
        return self.listen(at).rms

    def temperature(self, at: float, wear: float | None = None) -> float:
        """Return the temperature of its housing in °C; friction adds to it as the motor wears.

        Args:
            at: simulated second.
            wear: what `wear` gives for it, if that is known.
        """
        load = 0.0 if self.failed else self._duty.load
        worn = self.wear(at) if wear is None else wear
        return self._indoors.temperature(at) + RISE * load * (1.0 + 0.5 * worn)

    def _install(self, age: float = 0.0) -> None:
        """Put in a motor that has lived a share `age` of its life, and draw what will become of it."""
        turns = self.model.rpm / MINUTE * self._duty.load * self._duty.in_use
        self._bearing = Bearing(turns, self.model.load, self._draws)
        self._installed = self._env.now - age * self._bearing.life
        self._new_rms = self._draws.lognormal(NEW_RMS, NEW_RMS_LOG_SD)

    def _tell(self, change: MotorChange) -> None:
        for observer in self.observers:
            observer(MotorEvent(self._env.now, change))


def belt(hours: OpeningHours, draws: Draws) -> Duty:
    """Return the duty of a checkout belt: it runs a third to two thirds of the opening hours."""
    load = draws.uniform(0.3, 0.65)
    asked = Belt(hours, turn=draws.uniform(40.0, 120.0), load=load, phase=draws.uniform())
    return Duty(load, asked, in_use=(hours.closes - hours.opens) * HOUR / DAY)
