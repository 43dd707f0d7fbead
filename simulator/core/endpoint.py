"""Where a broker listens, as the broker room finds it and the mqtt room connects to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Self

from simulator.core.errors import TargetRefusedError


class Protocol(IntEnum):
    """MQTT protocol version, by the level byte of CONNECT."""

    MQTT_311 = 4
    MQTT_5 = 5


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One listener of a broker, resolved and checked by the target guard.

    On this machine it may be connected to at once. Beyond it nothing connects before an address is cleared,
    by a proof that the user controls the broker there; whoever opens a connection asks `check` right
    before, so what was not proven cannot be reached by a mistake elsewhere.

    Attributes:
        host: the name as the user wrote it.
        address: the numeric address to connect to; the guard has checked this one.
        port: TCP port.
        protocol: MQTT version to speak.
        username: sent in CONNECT if set; never printed.
        password: likewise.
        tls: whether to encrypt; the credentials say whom to trust, or else the system does.
        websocket: the path of a WebSocket that carries MQTT there; None if TCP, or TLS, carries it as it is.
        pinned: every address of the host when it was resolved, checked by the guard.
        cleared: those beyond this machine that may be connected to.
    """

    host: str
    address: str
    port: int
    protocol: Protocol
    username: str | None = None
    password: str | None = None
    tls: bool = False
    websocket: str | None = None
    pinned: tuple[str, ...] = ()
    cleared: frozenset[str] = frozenset()

    @property
    def beyond_loopback(self) -> bool:
        """Whether the broker is on another machine, even if the way there leads through a local proxy."""
        return bool(self.cleared) or not is_loopback(self.address)

    def at(self, address: str) -> Self:
        """Return the endpoint at one address, and cleared for it and no other."""
        return replace(self, address=address, cleared=frozenset(() if is_loopback(address) else (address,)))

    def check(self, address: str) -> None:
        """Make sure that a connection may be opened to an address, right before it is.

        Raises:
            TargetRefusedError: it is neither on this machine nor cleared.
        """
        if address not in self.cleared and not is_loopback(address):
            raise TargetRefusedError(
                f"{self.host}:{self.port} ({address}) is beyond this machine and was not proven to be yours, "
                "so nothing is sent there"
            )

    def __repr__(self) -> str:
        return f"Endpoint({self.host}:{self.port}, {self.protocol.name})"


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """Return whether a numeric address is on this machine, also written as ``::ffff:127.0.0.1``.

    Raises:
        ValueError: it is no numeric address.
    """
    parsed = ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback
