"""A loss of coverage: the device stores what it observes and sends it all when it is back."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.core.options import LONGEST
from simulator.core.units import MINUTE, Duration
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.options import DeviceFaultOptions


class CoverageLossOptions(DeviceFaultOptions):
    """Options of the fault ``coverage_loss``."""

    kind: str = "coverage_loss"
    lasting: Duration | None = Field(
        default=30 * MINUTE, alias="for", gt=0, le=LONGEST, description="How long there is no coverage."
    )


class CoverageLoss(DeviceFault[CoverageLossOptions]):
    """Takes devices out of coverage.

    As long as nobody notices, the TCP connection survives: the broker finds out by keep alive, in wall time,
    and publishes the will then. The messages keep their event times.
    """

    kind: ClassVar[str] = "coverage_loss"
    summary: ClassVar[str] = "No coverage: readings are stored, and sent in one burst on return."
    options: ClassVar[type[DeviceFaultOptions]] = CoverageLossOptions

    def befall(self, line: Line, spell: Spell[CoverageLossOptions]) -> Process:
        """Let nothing pass and have the device store."""
        with line.hold(spell.label), line.freeze():
            yield line.wait(spell.window.until)


FAULT = CoverageLoss()
