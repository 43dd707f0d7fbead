"""Where a provisioned broker listens, and for what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class BrokerKind(StrEnum):
    """Brokers that a fleet can be provisioned for."""

    MOSQUITTO = "mosquitto"
    EMQX = "emqx"


LONGEST_KEEP_ALIVE = 3_600
"""Seconds of silence that a provisioned Mosquitto grants at most; the longest that MQTT has is 18 hours."""


class Listener(StrEnum):
    """One way in."""

    TCP = "tcp"
    """Plain, with passwords or tokens."""

    TLS = "tls"
    """Encrypted, with passwords or tokens."""

    MTLS = "mtls"
    """Encrypted, with a client certificate in place of a password."""

    WS = "ws"
    """WebSocket, with passwords or tokens."""

    WSS = "wss"
    """WebSocket over TLS, with passwords or tokens."""


USUAL_PORTS: Mapping[Listener, int] = {
    Listener.TCP: 1883,
    Listener.TLS: 8883,
    Listener.MTLS: 8884,
    Listener.WS: 8083,
    Listener.WSS: 8084,
}
"""What each listens on where nobody says otherwise."""
