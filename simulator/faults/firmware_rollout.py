"""A firmware roll-out: device after device restarts and comes back with a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from simulator.core.actions import Command
from simulator.core.options import LONGEST
from simulator.core.readings import Value
from simulator.core.seeds import Draws
from simulator.core.units import HOUR, Duration
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.mark import Mark
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.window import Window


class FirmwareRolloutOptions(DeviceFaultOptions):
    """Options of the fault ``firmware_rollout``."""

    kind: str = "firmware_rollout"
    lasting: Duration | None = Field(
        default=90.0, alias="for", gt=0, le=LONGEST, description="How long one device is away to restart."
    )
    within: Duration = Field(
        default=HOUR,
        ge=0,
        le=LONGEST,
        description="The roll-out takes this long; each device restarts at its own moment in it.",
    )
    version: str = Field(
        default="1.1.0", min_length=1, max_length=32, description="Version that the devices come back with."
    )


class FirmwareRollout(DeviceFault[FirmwareRolloutOptions]):
    """Restarts devices, which say their new version when they are back."""

    kind: ClassVar[str] = "firmware_rollout"
    summary: ClassVar[str] = "Firmware roll-out: device after device restarts and reports a new version."
    options: ClassVar[type[DeviceFaultOptions]] = FirmwareRolloutOptions

    def window(self, options: FirmwareRolloutOptions, draws: Draws) -> Window:
        """Return the time of this device's restart."""
        return Window.of(options, later=draws.uniform(0.0, options.within) if options.within else 0.0)

    def facts(self, options: FirmwareRolloutOptions) -> Mapping[str, Value]:
        """Return the new version."""
        return {"version": options.version}

    def befall(self, line: Line, spell: Spell[FirmwareRolloutOptions]) -> Process:
        """Restart: break the connection, connect anew, and announce the version."""
        with line.power_off(spell.label, spell.window):
            yield line.wait(spell.window.until)
        with line.through(Mark(spell.label)):
            line.obey(Command("firmware", spell.options.version))


FAULT = FirmwareRollout()
