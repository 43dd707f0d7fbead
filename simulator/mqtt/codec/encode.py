"""Packets of a client to bytes."""

from __future__ import annotations

from typing import assert_never

from simulator.core.actions import Will
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec.errors import UnsendablePacketError
from simulator.mqtt.codec.packet_type import PacketType
from simulator.mqtt.codec.packets import (
    Acknowledgement,
    ClientPacket,
    ConnectPacket,
    DisconnectPacket,
    PingReqPacket,
    PubAckPacket,
    PubCompPacket,
    PublishPacket,
    PubRecPacket,
    PubRelPacket,
    RetainHandling,
    SubscribePacket,
    Subscription,
    UnsubscribePacket,
)
from simulator.mqtt.codec.properties import NO_PROPERTIES, Properties, encode_properties
from simulator.mqtt.codec.reasons import REASONS, ReasonCode
from simulator.mqtt.codec.template import PublishTemplate
from simulator.mqtt.codec.topics import check_topic_filter, check_topic_name
from simulator.mqtt.codec.wire import write_binary, write_text, write_uint16, write_varint

_RESERVED_FLAGS = 0x02
"""Low half of the first byte of PUBREL, SUBSCRIBE and UNSUBSCRIBE; of the others but PUBLISH it is 0."""


def encode(packet: ClientPacket, protocol: Protocol) -> bytes:
    """The packet as it goes on the wire; PublishTemplate is the faster way to many messages of one topic.

    Raises:
        UnsendablePacketError: the packet breaks a rule of MQTT, or needs MQTT 5 on a 3.1.1 connection.
    """
    match packet:
        case PubAckPacket():
            return _acknowledgement(packet, PacketType.PUBACK, 0, protocol)
        case PublishPacket():
            return _publish(packet, protocol)
        case PubRecPacket():
            return _acknowledgement(packet, PacketType.PUBREC, 0, protocol)
        case PubRelPacket():
            return _acknowledgement(packet, PacketType.PUBREL, _RESERVED_FLAGS, protocol)
        case PubCompPacket():
            return _acknowledgement(packet, PacketType.PUBCOMP, 0, protocol)
        case PingReqPacket():
            return _frame(PacketType.PINGREQ, 0, b"")
        case ConnectPacket():
            return _connect(packet, protocol)
        case SubscribePacket():
            return _subscribe(packet, protocol)
        case UnsubscribePacket():
            return _unsubscribe(packet, protocol)
        case DisconnectPacket():
            return _disconnect(packet, protocol)
        case _:
            assert_never(packet)


def _frame(kind: PacketType, flags: int, body: bytes) -> bytes:
    return bytes((kind << 4 | flags,)) + write_varint(len(body)) + body


def _packet_id(packet_id: int) -> bytes:
    if not 0 < packet_id < 65_536:
        raise UnsendablePacketError(f"packet id {packet_id} is out of range: use 1 to 65535")
    return packet_id.to_bytes(2, "big")


def _connect(packet: ConnectPacket, protocol: Protocol) -> bytes:
    if protocol == Protocol.MQTT_311:
        if packet.password is not None and packet.username is None:
            raise UnsendablePacketError("a password without a user name needs MQTT 5")
        if not packet.client_id and not packet.clean:
            raise UnsendablePacketError("MQTT 3.1.1 keeps a session only for a client id")
    flags = 0x02 if packet.clean else 0
    fields = [write_text(packet.client_id)]
    if packet.will is not None:
        flags |= 0x04 | packet.will.qos << 3 | (0x20 if packet.will.retain else 0)
        fields += _will(packet.will, packet.will_properties, protocol)
    elif packet.will_properties != NO_PROPERTIES:
        raise UnsendablePacketError("will properties without a will")
    if packet.username is not None:
        flags |= 0x80
        fields.append(write_text(packet.username))
    if packet.password is not None:
        flags |= 0x40
        fields.append(write_binary(packet.password))
    head = write_text("MQTT") + bytes((protocol, flags)) + write_uint16(packet.keep_alive)
    head += encode_properties(packet.properties, PacketType.CONNECT, protocol)
    return _frame(PacketType.CONNECT, 0, head + b"".join(fields))


def _will(will: Will, properties: Properties, protocol: Protocol) -> list[bytes]:
    check_topic_name(will.topic)
    if will.qos not in (0, 1, 2):
        raise UnsendablePacketError(f"QoS {will.qos} of the will does not exist: use 0, 1 or 2")
    return [
        encode_properties(properties, PacketType.WILL, protocol),
        write_text(will.topic),
        write_binary(will.payload),
    ]


def _publish(packet: PublishPacket, protocol: Protocol) -> bytes:
    if packet.qos == 0 and (packet.packet_id or packet.dup):
        raise UnsendablePacketError("a message at QoS 0 has neither packet id nor DUP")
    template = PublishTemplate(packet.topic, packet.qos, packet.retain, protocol, packet.properties)
    return template.frame(packet.payload, packet.packet_id, packet.dup)


def _acknowledgement(packet: Acknowledgement, kind: PacketType, flags: int, protocol: Protocol) -> bytes:
    packet_id = _packet_id(packet.packet_id)
    return _frame(kind, flags, packet_id + _outcome(packet.reason, packet.properties, kind, protocol))


def _disconnect(packet: DisconnectPacket, protocol: Protocol) -> bytes:
    kind = PacketType.DISCONNECT
    return _frame(kind, 0, _outcome(packet.reason, packet.properties, kind, protocol))


def _outcome(reason: ReasonCode, properties: Properties, kind: PacketType, protocol: Protocol) -> bytes:
    """Reason and properties in their shortest form: trailing defaults are left out."""
    if reason not in REASONS[kind]:
        raise UnsendablePacketError(f"{kind.name} takes no reason {reason.name}")
    if reason and protocol == Protocol.MQTT_311:
        raise UnsendablePacketError(f"{kind.name} gives the reason {reason.name}, which needs MQTT 5")
    if properties != NO_PROPERTIES:
        return bytes((reason,)) + encode_properties(properties, kind, protocol)
    return bytes((reason,)) if reason else b""


def _subscribe(packet: SubscribePacket, protocol: Protocol) -> bytes:
    if not packet.subscriptions:
        raise UnsendablePacketError("SUBSCRIBE without a topic filter")
    body = _packet_id(packet.packet_id)
    body += encode_properties(packet.properties, PacketType.SUBSCRIBE, protocol)
    for subscription in packet.subscriptions:
        body += write_text(subscription.topic_filter)
        body += bytes((_options(subscription, protocol),))
    return _frame(PacketType.SUBSCRIBE, _RESERVED_FLAGS, body)


def _options(subscription: Subscription, protocol: Protocol) -> int:
    check_topic_filter(subscription.topic_filter)
    if subscription.qos not in (0, 1, 2):
        raise UnsendablePacketError(f"QoS {subscription.qos} does not exist: use 0, 1 or 2")
    if subscription.no_local and subscription.topic_filter.startswith("$share/"):
        raise UnsendablePacketError("a shared subscription must not be no_local")
    options = subscription.qos
    options |= 0x04 if subscription.no_local else 0
    options |= 0x08 if subscription.retain_as_published else 0
    options |= RetainHandling(subscription.retain_handling) << 4
    if options > 2 and protocol == Protocol.MQTT_311:
        raise UnsendablePacketError("subscription options other than QoS need MQTT 5")
    return options


def _unsubscribe(packet: UnsubscribePacket, protocol: Protocol) -> bytes:
    if not packet.topic_filters:
        raise UnsendablePacketError("UNSUBSCRIBE without a topic filter")
    body = _packet_id(packet.packet_id)
    body += encode_properties(packet.properties, PacketType.UNSUBSCRIBE, protocol)
    for topic_filter in packet.topic_filters:
        check_topic_filter(topic_filter)
        body += write_text(topic_filter)
    return _frame(PacketType.UNSUBSCRIBE, _RESERVED_FLAGS, body)
