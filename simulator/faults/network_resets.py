"""Resets: the network breaks connections."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.core.network import NetworkCondition
from simulator.core.options import FaultOptions
from simulator.core.units import DAY, Duration
from simulator.faults.base import NetworkFault
from simulator.faults.options import Share


class NetworkResetsOptions(FaultOptions):
    """Options of the fault ``network_resets``."""

    kind: str = "network_resets"
    share: Share = Field(
        default=0.1, description="Share of the connections that are reset, chosen anew each time."
    )
    every: Duration | None = Field(
        default=None,
        ge=0.1,
        le=DAY,
        description="Time from one such reset to the next, in real time; only one, at first, if left out.",
    )


class NetworkResets(NetworkFault[NetworkResetsOptions]):
    """Resets connections on both sides (TCP RST), as a middlebox that restarts does."""

    kind: ClassVar[str] = "network_resets"
    summary: ClassVar[str] = "Resets: the network breaks a share of the connections, once or again and again."
    options: ClassVar[type[FaultOptions]] = NetworkResetsOptions

    def condition(self, options: NetworkResetsOptions) -> NetworkCondition:
        """Return how many are reset, and how often."""
        return NetworkCondition(reset_share=options.share, reset_every=options.every)


FAULT = NetworkResets()
