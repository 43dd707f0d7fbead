"""What a device does on the network, in the order in which the fleet does it.

Actions are the only thing that crosses from the model to the delivery side. They are msgspec Structs:
one is made for every message, in a fifth of the time of a frozen dataclass.
"""

from __future__ import annotations

import msgspec


class Will(msgspec.Struct, frozen=True):
    """The message that the broker publishes for a device whose connection breaks."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


class Claim(msgspec.Struct, frozen=True):
    """Whom a client says it is when it connects, where that is not itself.

    Attributes:
        user: the user whose name it gives; None to show no credentials at all.
        password: what it takes for that user's password; None to show what the user has, as a thief would.
    """

    user: str | None = None
    password: str | None = None


class Action(msgspec.Struct, frozen=True, gc=False, tag_field="action"):
    """Base of all actions.

    Attributes:
        at: simulated seconds since the scenario's start.
        device: id of the device, which is also its MQTT client id.
    """

    at: float
    device: str


class Connect(Action, frozen=True, gc=False, tag="connect"):
    """Open the device's MQTT session.

    Attributes:
        keep_alive: seconds, 0 for none.
        clean: start without the state of an earlier session.
        will: the message for when the connection breaks.
        backoff: wait longer from attempt to attempt when it cannot connect; else try again and again.
        largest_packet: bytes of the longest packet that it takes from the broker; None for what is usual.
        client_id: how the device calls itself, if not by its id.
        properties: names and values that each message and the will carry beside the payload (MQTT 5), behind
            those of the whole fleet.
        claim: whom it claims to be; itself if None.
        source: loopback address that it connects from; left to the run if None.
    """

    keep_alive: int
    clean: bool
    will: Will | None = None
    backoff: bool = True
    largest_packet: int | None = None
    client_id: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    claim: Claim | None = None
    source: str | None = None


class Subscribe(Action, frozen=True, gc=False, tag="subscribe"):
    """Subscribe the device to a topic filter, now and again after each reconnect without a session."""

    topic_filter: str
    qos: int


class Publish(Action, frozen=True, gc=False, tag="publish"):
    """Publish one message. `id` is unique in the run and the key to its truth."""

    id: str
    kind: str
    event: str
    topic: str
    payload: bytes
    qos: int
    retain: bool = False


class Disconnect(Action, frozen=True, gc=False, tag="disconnect"):
    """End the session with a DISCONNECT packet."""


class Drop(Action, frozen=True, gc=False, tag="drop"):
    """Close the socket without a word, as a power cut would."""


class Freeze(Action, frozen=True, gc=False, tag="freeze"):
    """Leave the connection as it is without reading from it until a Thaw, nor writing unless `writing`."""

    writing: bool = False


class Thaw(Action, frozen=True, gc=False, tag="thaw"):
    """Read and write again, and find out what has become of the connection."""


class NetworkChange(Action, frozen=True, gc=False, tag="network"):
    """A fault of the network between fleet and broker begins or ends; no device's, so `device` is empty.

    Attributes:
        fault: label of the fault.
        begins: whether it begins.
    """

    fault: str
    begins: bool


class Dial(Action, frozen=True, gc=False, tag="dial"):
    """Open a raw connection in place of the last: nothing goes over it but the CONNECT and `Raw` bytes.

    Attributes:
        hello: the CONNECT to begin with; None to say nothing before the first `Raw`.
        claim: whom it claims to be in the TLS handshake, if there is one and no CONNECT says it.
        abrupt: whether it ends with a TCP reset on this side, whoever ends it.
    """

    hello: Connect | None = None
    claim: Claim | None = None
    abrupt: bool = False


class Raw(Action, frozen=True, gc=False, tag="raw"):
    """Send bytes as they are over the raw connection.

    Attributes:
        data: the bytes.
        id: of the message that they hold, None if they hold none.
    """

    data: bytes
    id: str | None = None


class Command(msgspec.Struct, frozen=True):
    """What a device was told over its command topic.

    Attributes:
        name: ``mute``, ``unmute``, ``report_interval`` or ``firmware``.
        value: seconds for ``report_interval``, the version for ``firmware``, else None.
    """

    name: str
    value: str | int | float | None = None
