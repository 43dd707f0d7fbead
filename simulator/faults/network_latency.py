"""A slow network: everything takes longer."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.core.network import NetworkCondition
from simulator.core.options import FaultOptions
from simulator.core.units import MINUTE, Duration
from simulator.faults.base import NetworkFault


class NetworkLatencyOptions(FaultOptions):
    """Options of the fault ``network_latency``."""

    kind: str = "network_latency"
    delay: Duration = Field(
        default=0.1,
        ge=0,
        le=MINUTE,
        description="Time that every byte takes longer, in each direction, in real time.",
    )
    jitter: Duration = Field(
        default=0.0, ge=0, le=MINUTE, description="By how much more or less it can be, in real time."
    )


class NetworkLatency(NetworkFault[NetworkLatencyOptions]):
    """Delays all that passes between fleet and broker; the order of bytes stays."""

    kind: ClassVar[str] = "network_latency"
    summary: ClassVar[str] = "Slow network: all that passes between fleet and broker takes longer."
    options: ClassVar[type[FaultOptions]] = NetworkLatencyOptions

    def condition(self, options: NetworkLatencyOptions) -> NetworkCondition:
        """Return the delay."""
        return NetworkCondition(delay=options.delay, jitter=options.jitter)


FAULT = NetworkLatency()
