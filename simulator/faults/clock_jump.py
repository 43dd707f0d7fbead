"""A clock that jumps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from simulator.core.readings import Value
from simulator.core.units import DAY, HOUR, Duration, OnOff
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.window import Window

_FARTHEST = 60 * 366 * DAY
"""Seconds; far enough for a clock that starts at 1970 after each loss of power."""


class ClockJumpOptions(DeviceFaultOptions):
    """Options of the fault ``clock_jump``."""

    kind: str = "clock_jump"
    by: Duration = Field(
        default=HOUR,
        gt=0,
        le=_FARTHEST,
        description="How far it jumps ahead, or back if `back` is on.",
    )
    back: OnOff = Field(default=False, description="Whether it jumps back.")


@dataclass(frozen=True, slots=True)
class JumpedClock:
    """A clock that is wrong by the same time until it is set right."""

    label: str
    window: Window
    ahead: float

    def error(self, at: float) -> float:
        """Return the seconds that it is ahead."""
        return self.ahead


class ClockJump(DeviceFault[ClockJumpOptions]):
    """Lets clocks jump. The payload says what the clock shows; the truth keeps the true time."""

    kind: ClassVar[str] = "clock_jump"
    summary: ClassVar[str] = "Clock jump: event times are off by one amount until the clock is set right."
    options: ClassVar[type[DeviceFaultOptions]] = ClockJumpOptions

    def facts(self, options: ClockJumpOptions) -> Mapping[str, Value]:
        """Return how wrong the clock is."""
        return {"ahead": _ahead(options)}

    def befall(self, line: Line, spell: Spell[ClockJumpOptions]) -> Process:
        """Set the clock wrong from now on."""
        line.set_clock(JumpedClock(spell.label, spell.window, _ahead(spell.options)))
        yield from ()


def _ahead(options: ClockJumpOptions) -> float:
    return -options.by if options.back else options.by


FAULT = ClockJump()
