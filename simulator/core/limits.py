"""Hard caps on what a fleet may do to a broker, whatever its scenario says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self

from simulator.core.endpoint import Endpoint
from simulator.core.errors import UsageError
from simulator.core.nearest import suggestion

_BESIDE_A_PAYLOAD = 2 * 65_535
"""Bytes of the longest topic that MQTT has, and of as many properties."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of a load. What they hold back is dropped and counted, never sent later and never hidden.

    Attributes:
        connections: sessions that are open at once; a device beyond them stays offline.
        bytes_per_second: topics and payloads of new messages, over any second after the first.
        payload_bytes: of one message.
    """

    connections: int
    bytes_per_second: int
    payload_bytes: int

    @property
    def packet_bytes(self) -> int:
        """Bytes that any packet with a message of a fleet has at most: payload, topic and properties."""
        return self.payload_bytes + _BESIDE_A_PAYLOAD

    def share(self, share: float) -> Self:
        """Return the limits of a shard with this share of the fleet."""
        return replace(
            self,
            connections=max(1, int(self.connections * share)),
            bytes_per_second=max(1, int(self.bytes_per_second * share)),
        )

    def changed(self, values: Mapping[str, int]) -> Self:
        """Return the limits with some of them changed by name.

        Raises:
            UsageError: there is no such limit, or it is less than 1.
        """
        for name, value in values.items():
            if name not in (names := list(asdict(self))):
                raise UsageError(f"no limit is called {name!r}; {suggestion(name, names)}")
            if value < 1:
                raise UsageError(f"the limit {name} must be at least 1, not {value}")
        return replace(self, **values)


ON_THIS_MACHINE = Limits(connections=250_000, bytes_per_second=2_000_000_000, payload_bytes=16_777_216)
"""On loopback: beyond what a machine does, so that they catch a mistake and nothing else."""

BEYOND = Limits(connections=10_000, bytes_per_second=10_000_000, payload_bytes=262_144)
"""On another machine: a fleet of a large shop or a small town, and less than a common network carries."""


def usual_limits(endpoint: Endpoint) -> Limits:
    """Return the caps for a broker if nobody has changed them."""
    return BEYOND if endpoint.beyond_loopback else ON_THIS_MACHINE
