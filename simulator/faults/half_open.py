"""A half-open connection: it seems to stand, and nothing comes through."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.core.options import LONGEST
from simulator.core.units import MINUTE, Duration
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.mark import Mark
from simulator.faults.options import DeviceFaultOptions


class HalfOpenOptions(DeviceFaultOptions):
    """Options of the fault ``half_open``."""

    kind: str = "half_open"
    lasting: Duration | None = Field(
        default=10 * MINUTE, alias="for", gt=0, le=LONGEST, description="How long nothing comes through."
    )


class HalfOpen(DeviceFault[HalfOpenOptions]):
    """Leaves connections half open, as a NAT box that forgot them does (RFC 9293, section 3.5.1).

    The device does not know and goes on sending: its messages come due, wait, and are late. The broker finds
    out by keep alive, in wall time, and publishes the will.
    """

    kind: ClassVar[str] = "half_open"
    summary: ClassVar[str] = "Half-open connection: the socket stands, nothing comes through, nobody knows."
    options: ClassVar[type[DeviceFaultOptions]] = HalfOpenOptions

    def befall(self, line: Line, spell: Spell[HalfOpenOptions]) -> Process:
        """Let nothing pass, and the device go on."""
        with line.freeze(), line.through(Mark(spell.label)):
            yield line.wait(spell.window.until)


FAULT = HalfOpen()
