"""A slow consumer: a device that stops reading what the broker sends it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.core.actions import Subscribe
from simulator.core.options import LONGEST
from simulator.core.units import MINUTE, Duration
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.mark import Mark
from simulator.faults.options import DeviceFaultOptions


class SlowConsumerOptions(DeviceFaultOptions):
    """Options of the fault ``slow_consumer``."""

    kind: str = "slow_consumer"
    lasting: Duration | None = Field(
        default=10 * MINUTE, alias="for", gt=0, le=LONGEST, description="How long the device reads nothing."
    )
    subscribe: str | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Topic filter that it subscribes to before, so that the broker has much to keep for it.",
    )


class SlowConsumer(DeviceFault[SlowConsumerOptions]):
    """Keeps devices from reading. They go on sending, as far as they can without hearing an answer."""

    kind: ClassVar[str] = "slow_consumer"
    summary: ClassVar[str] = "Slow consumer: the device reads nothing, and the broker has to keep or drop it."
    options: ClassVar[type[DeviceFaultOptions]] = SlowConsumerOptions

    def befall(self, line: Line, spell: Spell[SlowConsumerOptions]) -> Process:
        """Read nothing."""
        if spell.options.subscribe is not None:
            line.act(Subscribe(line.env.now, line.device, topic_filter=spell.options.subscribe, qos=1))
        with line.deafen(), line.through(Mark(spell.label)):
            yield line.wait(spell.window.until)


FAULT = SlowConsumer()
