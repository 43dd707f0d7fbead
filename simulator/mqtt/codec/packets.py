"""MQTT control packets as a client sends and receives them.

They are msgspec Structs because one is made for every acknowledgement of a load. Fields that only MQTT 5
has keep their defaults in 3.1.1.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from simulator.core.actions import Will
from simulator.mqtt.codec.properties import NO_PROPERTIES, Properties
from simulator.mqtt.codec.reasons import ReasonCode


class Packet(msgspec.Struct, frozen=True, gc=False):
    """Base of all packets."""


class ConnectPacket(Packet, frozen=True, gc=False):
    """Opens a session.

    Attributes:
        client_id: at most 65,535 bytes; may be empty, then the broker assigns one.
        keep_alive: seconds, 0 = off.
        clean: Clean Session of 3.1.1, Clean Start of 5.
        username: sent if set.
        password: likewise; left out of the representation.
        will_properties: those of the will, which must be set.
    """

    client_id: str
    keep_alive: int
    clean: bool = True
    will: Will | None = None
    username: str | None = None
    password: bytes | None = None
    properties: Properties = NO_PROPERTIES
    will_properties: Properties = NO_PROPERTIES

    def __repr__(self) -> str:
        return f"ConnectPacket({self.client_id!r}, keep_alive={self.keep_alive}, clean={self.clean})"


class ConnAckPacket(Packet, frozen=True, gc=False):
    """The broker's answer to CONNECT."""

    session_present: bool
    reason: ReasonCode = ReasonCode.SUCCESS
    properties: Properties = NO_PROPERTIES


class PublishPacket(Packet, frozen=True, gc=False):
    """A message.

    Attributes:
        topic: empty only beside the property topic_alias.
        packet_id: 1 to 65,535 at QoS 1 and 2, 0 at QoS 0.
        dup: whether it was sent before; never at QoS 0.
    """

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    packet_id: int = 0
    dup: bool = False
    properties: Properties = NO_PROPERTIES


class Acknowledgement(Packet, frozen=True, gc=False):
    """Base of the four packets that carry a message's packet id back and forth."""

    packet_id: int
    reason: ReasonCode = ReasonCode.SUCCESS
    properties: Properties = NO_PROPERTIES


class PubAckPacket(Acknowledgement, frozen=True, gc=False):
    """Ends a publish at QoS 1."""


class PubRecPacket(Acknowledgement, frozen=True, gc=False):
    """QoS 2, second step: the message has arrived."""


class PubRelPacket(Acknowledgement, frozen=True, gc=False):
    """QoS 2, third step: the packet id may be let go."""


class PubCompPacket(Acknowledgement, frozen=True, gc=False):
    """Ends a publish at QoS 2."""


class RetainHandling(IntEnum):
    """Whether a subscription brings the retained messages (MQTT 5)."""

    SEND = 0
    SEND_IF_NEW = 1
    DO_NOT_SEND = 2


class Subscription(msgspec.Struct, frozen=True, gc=False):
    """One topic filter of a SUBSCRIBE with its options; all but `qos` need MQTT 5."""

    topic_filter: str
    qos: int = 0
    no_local: bool = False
    retain_as_published: bool = False
    retain_handling: RetainHandling = RetainHandling.SEND


class SubscribePacket(Packet, frozen=True, gc=False):
    """Asks for messages; at least one subscription."""

    packet_id: int
    subscriptions: tuple[Subscription, ...]
    properties: Properties = NO_PROPERTIES


class SubAckPacket(Packet, frozen=True, gc=False):
    """Grants a QoS or a refusal to each subscription, in their order."""

    packet_id: int
    reasons: tuple[ReasonCode, ...]
    properties: Properties = NO_PROPERTIES


class UnsubscribePacket(Packet, frozen=True, gc=False):
    """Ends subscriptions; at least one topic filter."""

    packet_id: int
    topic_filters: tuple[str, ...]
    properties: Properties = NO_PROPERTIES


class UnsubAckPacket(Packet, frozen=True, gc=False):
    """Answers each topic filter of an UNSUBSCRIBE; without reasons in 3.1.1."""

    packet_id: int
    reasons: tuple[ReasonCode, ...] = ()
    properties: Properties = NO_PROPERTIES


class PingReqPacket(Packet, frozen=True, gc=False):
    """Asks whether the broker is alive and has read all that was sent before."""


class PingRespPacket(Packet, frozen=True, gc=False):
    """The broker is, and has."""


class DisconnectPacket(Packet, frozen=True, gc=False):
    """Ends the connection; a broker sends it in MQTT 5 only."""

    reason: ReasonCode = ReasonCode.NORMAL_DISCONNECTION
    properties: Properties = NO_PROPERTIES


ClientPacket = (
    ConnectPacket
    | PublishPacket
    | PubAckPacket
    | PubRecPacket
    | PubRelPacket
    | PubCompPacket
    | SubscribePacket
    | UnsubscribePacket
    | PingReqPacket
    | DisconnectPacket
)
"""What a client sends."""

ServerPacket = (
    ConnAckPacket
    | PublishPacket
    | PubAckPacket
    | PubRecPacket
    | PubRelPacket
    | PubCompPacket
    | SubAckPacket
    | UnsubAckPacket
    | PingRespPacket
    | DisconnectPacket
)
"""What a client receives. Not AUTH: only a client that asked for it may get that."""
