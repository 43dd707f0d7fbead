"""A narrow network: only so much passes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.core.network import NetworkCondition
from simulator.core.options import FaultOptions
from simulator.core.units import ByteRate
from simulator.faults.base import NetworkFault


class NetworkBandwidthOptions(FaultOptions):
    """Options of the fault ``network_bandwidth``."""

    kind: str = "network_bandwidth"
    limit: ByteRate = Field(
        default=64_000.0,
        ge=100,
        le=1e10,
        description="What all connections together carry in each direction, such as 64kB/s, in real time.",
    )


class NetworkBandwidth(NetworkFault[NetworkBandwidthOptions]):
    """Lets all connections share a narrow uplink, as those behind one gateway do."""

    kind: ClassVar[str] = "network_bandwidth"
    summary: ClassVar[str] = "Narrow network: all connections share a few bytes a second."
    options: ClassVar[type[FaultOptions]] = NetworkBandwidthOptions

    def condition(self, options: NetworkBandwidthOptions) -> NetworkCondition:
        """Return the limit."""
        return NetworkCondition(bytes_per_second=options.limit)


FAULT = NetworkBandwidth()
