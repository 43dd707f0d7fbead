"""A power cut, and the reconnect storm when the power is back."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from simulator.core.options import LONGEST
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE, Duration, OnOff
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.window import Window


class Unit(StrEnum):
    """What loses its power as one."""

    DEVICE = "device"
    PREMISES = "premises"
    """A home or a shop, with all devices in it."""


class PowerCutOptions(DeviceFaultOptions):
    """Options of the fault ``power_cut``."""

    kind: str = "power_cut"
    lasting: Duration | None = Field(
        default=5 * MINUTE, alias="for", gt=0, le=LONGEST, description="How long the power is away."
    )
    unit: Unit = Field(
        default=Unit.DEVICE,
        description="What the share is of: single devices, or `premises`, which are homes and shops with all "
        "devices in them.",
    )
    boot: Duration = Field(
        default=0.0,
        ge=0,
        le=LONGEST,
        description="Longest time that a device needs to start, each its own; with 0 all come back at once.",
    )
    backoff: OnOff = Field(
        default=True,
        description="Whether a device that cannot connect at once waits longer from attempt to attempt.",
    )


class PowerCut(DeviceFault[PowerCutOptions]):
    """Takes the power from devices: their connections break, and they come back together."""

    kind: ClassVar[str] = "power_cut"
    summary: ClassVar[str] = "Power cut: connections break without a word, later all come back at once."
    options: ClassVar[type[DeviceFaultOptions]] = PowerCutOptions

    def window(self, options: PowerCutOptions, draws: Draws) -> Window:
        """Return the time without power, and the device's own start after it."""
        cut = Window.of(options)
        return Window(cut.at, cut.until + draws.uniform(0.0, options.boot)) if options.boot else cut

    def together(self, options: PowerCutOptions) -> bool:
        """Return whether whole homes and shops are cut off."""
        return options.unit is Unit.PREMISES

    def befall(self, line: Line, spell: Spell[PowerCutOptions]) -> Process:
        """Break the connection, observe nothing, and connect anew."""
        with line.power_off(spell.label, spell.window, backoff=spell.options.backoff):
            yield line.wait(spell.window.until)


FAULT = PowerCut()
