"""A black hole: nothing passes, and nobody is told."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.core.network import NetworkCondition
from simulator.core.options import LONGEST, FaultOptions
from simulator.core.units import MINUTE, Duration
from simulator.faults.base import NetworkFault


class NetworkBlackHoleOptions(FaultOptions):
    """Options of the fault ``network_black_hole``."""

    kind: str = "network_black_hole"
    lasting: Duration | None = Field(
        default=5 * MINUTE, alias="for", gt=0, le=LONGEST, description="How long nothing passes."
    )


class NetworkBlackHole(NetworkFault[NetworkBlackHoleOptions]):
    """Lets nothing pass. What is still connected afterwards goes on, as TCP does when it sends again."""

    kind: ClassVar[str] = "network_black_hole"
    summary: ClassVar[str] = "Black hole: nothing passes between fleet and broker, and nobody is told."
    options: ClassVar[type[FaultOptions]] = NetworkBlackHoleOptions

    def condition(self, options: NetworkBlackHoleOptions) -> NetworkCondition:
        """Return that nothing passes."""
        return NetworkCondition(blocked=True)


FAULT = NetworkBlackHole()
