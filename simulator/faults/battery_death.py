"""An empty battery: a device is gone, for good or until somebody charges it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.core.options import LONGEST
from simulator.core.seeds import Draws
from simulator.core.units import Duration
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.window import Window


class BatteryDeathOptions(DeviceFaultOptions):
    """Options of the fault ``battery_death``."""

    kind: str = "battery_death"
    lasting: Duration | None = Field(
        default=None,
        alias="for",
        gt=0,
        le=LONGEST,
        description="How long until the battery is charged again; never if left out.",
    )
    within: Duration = Field(
        default=0.0,
        ge=0,
        le=LONGEST,
        description="The batteries die within this time, each at its own moment; with 0 all at once.",
    )


class BatteryDeath(DeviceFault[BatteryDeathOptions]):
    """Lets batteries die. The connection breaks at once, so that the broker publishes the will."""

    kind: ClassVar[str] = "battery_death"
    summary: ClassVar[str] = "Empty battery: the device is gone, for good or until it is charged."
    options: ClassVar[type[DeviceFaultOptions]] = BatteryDeathOptions

    def window(self, options: BatteryDeathOptions, draws: Draws) -> Window:
        """Return the time from this battery's death to its charge."""
        return Window.of(options, later=draws.uniform(0.0, options.within) if options.within else 0.0)

    def befall(self, line: Line, spell: Spell[BatteryDeathOptions]) -> Process:
        """Break the connection and observe nothing; connect anew once charged."""
        with line.power_off(spell.label, spell.window):
            yield line.wait(spell.window.until)


FAULT = BatteryDeath()
