"""Where a broker listens, as the broker room finds it and the mqtt room connects to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Protocol(IntEnum):
    """MQTT protocol version, by the level byte of CONNECT."""

    MQTT_311 = 4
    MQTT_5 = 5


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One listener of a broker, resolved and cleared by the target guard.

    Attributes:
        host: the name as the user wrote it.
        address: the numeric address to connect to; the guard has checked this one.
        port: TCP port.
        protocol: MQTT version to speak.
        username: sent in CONNECT if set; never printed.
        password: likewise.
    """

    host: str
    address: str
    port: int
    protocol: Protocol
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"Endpoint({self.host}:{self.port}, {self.protocol.name})"
