"""The seam between our sessions and what speaks MQTT for them.

A `Link` only encodes and decodes: calls go in and bytes come out in `outgoing`, bytes go in and calls
come out on a `Listener`. It does no I/O and keeps no queue, window, timer or retry; those are the
session's, the same for every transport.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from simulator.core.actions import Will
from simulator.core.credentials import Login
from simulator.core.endpoint import Protocol as Version
from simulator.mqtt.features import NO_FEATURES, Features

LARGEST_PACKET = 1 << 20
"""Bytes of the longest packet that a device usually takes, far more than any command has."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What a CONNECT says.

    Attributes:
        client_id: what the device calls itself.
        keep_alive: seconds, 0 for none.
        clean: start without the state of an earlier session.
        will: the message for when the connection breaks.
        username: with `password`, the credentials, if any.
        session_expiry: seconds for which an MQTT 5 broker keeps the session once it is not connected.
        features: what else is asked of MQTT 5.
        largest_packet: bytes of the longest packet that the device takes; a longer one ends the connection,
            and an MQTT 5 broker is told not to send one.
    """

    client_id: str
    keep_alive: int
    clean: bool
    will: Will | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    session_expiry: int = 0
    features: Features = NO_FEATURES
    largest_packet: int = LARGEST_PACKET

    def ends_at_once(self, version: Version) -> bool:
        """Whether a DISCONNECT has to say that the broker need not keep the session."""
        return version is Version.MQTT_5 and self.clean and self.session_expiry > 0

    def with_login(self, login: Login | None) -> Hello:
        """Return the same with other credentials, if any are given."""
        return self if login is None else replace(self, username=login.username, password=login.password)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a CONNACK says.

    Attributes:
        code: 0 if accepted, else an MQTT 5 reason code, whatever the protocol version.
        session_present: the broker still knows the session.
        receive_maximum: QoS 1 and 2 messages that the broker takes at once.
        largest_packet: bytes of the largest packet that the broker takes.
        keep_alive: seconds that the broker wants instead of those asked for, if any.
    """

    code: int
    session_present: bool = False
    receive_maximum: int = 65_535
    largest_packet: int = 268_435_460
    keep_alive: int | None = None


class Listener(Protocol):
    """Whom a link tells what the broker said."""

    def greeted(self, greeting: Greeting) -> None:
        """Hear a CONNACK."""

    def acknowledged(self, packet_id: int, code: int) -> None:
        """Hear a PUBACK, a PUBCOMP, or a PUBREC that refuses: the message is done with."""

    def all_accepted(self, packet_ids: Sequence[int]) -> None:
        """Hear many PUBACKs that accept, at once."""

    def received(self, packet_id: int) -> None:
        """Hear a PUBREC that accepts."""

    def subscribed(self, packet_id: int, code: int) -> None:
        """Hear a SUBACK."""

    def ponged(self) -> None:
        """Hear a PINGRESP."""

    def messaged(self, topic: str, payload: bytes) -> None:
        """Hear a PUBLISH; the link acknowledges it."""

    def dismissed(self, reason: str, code: int = 0) -> None:
        """Hear that the connection cannot go on: a DISCONNECT from the broker with its code, or nonsense."""


class Link(Protocol):
    """Speaks MQTT on one connection after another of a session.

    Attributes:
        outgoing: bytes for the broker, in order; whoever sends them removes them.
    """

    outgoing: bytearray

    def connect(self, login: Login | None = None) -> None:
        """Forget the last connection and begin a new one with a CONNECT.

        Args:
            login: what it says of who is connecting; as the `Hello` if left out.
        """

    def publish(
        self, packet_id: int, topic: str, payload: bytes, qos: int, retain: bool, duplicate: bool
    ) -> None:
        """Send a PUBLISH; the packet id counts at QoS 1 and 2 only."""

    def release(self, packet_id: int) -> None:
        """Send a PUBREL."""

    def subscribe(self, packet_id: int, topic_filter: str, qos: int) -> None:
        """Send a SUBSCRIBE."""

    def ping(self) -> None:
        """Send a PINGREQ."""

    def disconnect(self) -> None:
        """Send a DISCONNECT."""

    def receive(self, data: bytes) -> None:
        """Take bytes from the broker and tell the listener what they say."""


LinkFactory = Callable[[Hello, Listener], Link]
"""Makes the link of one session."""
