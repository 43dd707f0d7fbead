"""Targets: what published studies found, and how near a simulated population has to come."""

from __future__ import annotations

import math
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec


class Confidence(StrEnum):
    """How well a figure is known.

    READ stands in the source itself, SECONDARY in a text about it, DERIVED is computed from figures that do,
    MEMORY is an order of magnitude that wants checking, ASSUMPTION is a choice that nobody has measured.
    """

    READ = "read"
    SECONDARY = "secondary"
    DERIVED = "derived"
    MEMORY = "from memory"
    ASSUMPTION = "assumption"


class Unit(StrEnum):
    """What a value is counted in, as it is written behind it; ``CLOCK`` is a local hour of the day."""

    NONE = ""
    PERCENT = "%"
    POINTS = "points"
    CLOCK = "clock"
    SECONDS = "s"
    MINUTES = "min"
    HOURS = "h"
    DAYS = "d"
    PULSE = "bpm"
    PULSE_PER_CADENCE = "bpm per step/min"
    CELSIUS = "°C"
    STEPS = "steps"
    PER_YEAR = "per year"
    COMMANDS = "commands"
    TRIPS = "trips"
    DEVICES = "devices"
    PER_WORDS = "per 10,000 words"


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One number of a target, with the values that agree with it.

    Attributes:
        name: what it is of, among the parts of its target; empty for the only one.
        value: the published figure, None where only a bound or a range was published.
        tolerance: how far from it is near enough.
        least, most: the range that agrees, where there is no value with a tolerance.
        unit: of all these; the target's if left out.
    """

    name: str = ""
    value: float | None = None
    tolerance: float | None = None
    least: float | None = None
    most: float | None = None
    unit: Unit | None = None

    def agrees(self, value: float) -> bool:
        """Return whether a simulated value agrees with the published one; nothing else than a number does."""
        least, most = self.bounds
        return math.isfinite(value) and least <= value <= most

    @property
    def is_trend(self) -> bool:
        """Whether there is a bound on one side alone; all of an interval has to keep that."""
        least, most = self.bounds
        return math.isinf(least) is not math.isinf(most)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that agree; infinite where there is no bound."""
        if self.value is not None and self.tolerance is not None:
            return self.value - self.tolerance, self.value + self.tolerance
        return (
            -math.inf if self.least is None else self.least,
            math.inf if self.most is None else self.most,
        )


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of the calibration.

    Attributes:
        id: its name.
        family: the device family, or the part of the model, that it is about.
        quantity: what was measured.
        statistic: which summary of it.
        parts: the numbers; empty if it is left out.
        unit: of the parts that have none of their own.
        confidence: how well the figures are known.
        source: who published them.
        left_out: why it is not measured; empty if it is.
        note: how the row is read, where it can be read in several ways.
    """

    id: str
    family: str
    quantity: str
    statistic: str
    parts: tuple[Part, ...] = ()
    unit: Unit = Unit.NONE
    confidence: Confidence
    source: str
    left_out: str = ""
    note: str = ""

    def unit_of(self, part: Part) -> Unit:
        """Return the unit of one of its parts."""
        return self.unit if part.unit is None else part.unit


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    target: tuple[Target, ...]


@cache
def load_targets() -> tuple[Target, ...]:
    """Return all targets, in the order of the file that ships with the package."""
    text = files("simulator.calibration").joinpath("targets.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).target
