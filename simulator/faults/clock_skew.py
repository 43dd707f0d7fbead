"""A clock that runs too fast or too slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from simulator.core.readings import Value
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.window import Window


class ClockSkewOptions(DeviceFaultOptions):
    """Options of the fault ``clock_skew``."""

    kind: str = "clock_skew"
    ppm: float = Field(
        default=10_000.0,
        gt=-1_000_000,
        le=1_000_000,
        description="How much too fast the clock runs, in parts per million; below 0 it runs too slow. "
        "10,000 gain 36 s an hour, as an oscillator without a crystal may.",
    )


@dataclass(frozen=True, slots=True)
class SkewedClock:
    """A clock that was right when the fault began, and is set right when it ends."""

    label: str
    window: Window
    ppm: float

    def error(self, at: float) -> float:
        """Return the seconds that it has gained."""
        return (at - self.window.at) * self.ppm * 1e-6


class ClockSkew(DeviceFault[ClockSkewOptions]):
    """Lets clocks run at a wrong frequency, which is what skew means (RFC 2330, section 10.1).

    The payload says what the clock shows; the truth keeps the true time.
    """

    kind: ClassVar[str] = "clock_skew"
    summary: ClassVar[str] = "Clock skew: event times drift away from the truth."
    options: ClassVar[type[DeviceFaultOptions]] = ClockSkewOptions

    def facts(self, options: ClockSkewOptions) -> Mapping[str, Value]:
        """Return how wrong the clock runs."""
        return {"ppm": options.ppm}

    def befall(self, line: Line, spell: Spell[ClockSkewOptions]) -> Process:
        """Let the clock run wrong from now on."""
        line.set_clock(SkewedClock(spell.label, spell.window, spell.options.ppm))
        yield from ()


FAULT = ClockSkew()
