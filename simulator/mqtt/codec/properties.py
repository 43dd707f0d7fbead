"""MQTT 5 properties: the optional, typed fields that most packets can carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from simulator.core.endpoint import Protocol
from simulator.mqtt.codec.errors import UnsendablePacketError
from simulator.mqtt.codec.packet_type import PacketType
from simulator.mqtt.codec.wire import (
    Reader,
    malformed,
    protocol_error,
    write_binary,
    write_text,
    write_text_pair,
    write_uint8,
    write_uint16,
    write_uint32,
    write_varint,
)


class Properties(msgspec.Struct, frozen=True, kw_only=True, gc=False, repr_omit_defaults=True):
    """Properties of one packet; None or an empty tuple = absent. The specification gives their meaning.

    Durations are whole seconds, sizes are bytes. Source: MQTT 5.0 (OASIS, 2019), section 2.2.2.
    """

    payload_format_indicator: bool | None = None
    message_expiry_interval: int | None = None
    content_type: str | None = None
    response_topic: str | None = None
    correlation_data: bytes | None = None
    subscription_identifiers: tuple[int, ...] = ()
    session_expiry_interval: int | None = None
    assigned_client_identifier: str | None = None
    server_keep_alive: int | None = None
    authentication_method: str | None = None
    authentication_data: bytes | None = None
    request_problem_information: bool | None = None
    will_delay_interval: int | None = None
    request_response_information: bool | None = None
    response_information: str | None = None
    server_reference: str | None = None
    reason_string: str | None = None
    receive_maximum: int | None = None
    topic_alias_maximum: int | None = None
    topic_alias: int | None = None
    maximum_qos: int | None = None
    retain_available: bool | None = None
    user_properties: tuple[tuple[str, str], ...] = ()
    maximum_packet_size: int | None = None
    wildcard_subscription_available: bool | None = None
    subscription_identifier_available: bool | None = None
    shared_subscription_available: bool | None = None


NO_PROPERTIES = Properties()
"""What a packet without properties holds, and every packet of MQTT 3.1.1."""


@dataclass(frozen=True, slots=True)
class _Type:
    """How values of a property are read and written, and which are allowed."""

    read: Callable[[Reader], Any]
    write: Callable[[Any], bytes]
    least: int | None = None
    most: int | None = None

    def allows(self, value: Any) -> bool:
        """Whether the value is in range; the width of the field itself bounds the rest."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


_BOOLEAN = _Type(Reader.boolean, write_uint8, most=1)
_QOS = _Type(Reader.uint8, write_uint8, most=1)
_UINT16 = _Type(Reader.uint16, write_uint16)
_UINT16_FROM_1 = _Type(Reader.uint16, write_uint16, least=1)
_UINT32 = _Type(Reader.uint32, write_uint32)
_UINT32_FROM_1 = _Type(Reader.uint32, write_uint32, least=1)
_VARINT_FROM_1 = _Type(Reader.varint, write_varint, least=1)
_BINARY = _Type(Reader.binary, write_binary)
_TEXT = _Type(Reader.text, write_text)
_TEXT_PAIR = _Type(Reader.text_pair, write_text_pair)


@dataclass(frozen=True, slots=True)
class _Property:
    """A row of the specification's table.

    Attributes:
        name: the field of Properties.
        packets: where it may stand.
        repeats: where it may stand more than once; its field is a tuple.
    """

    name: str
    type: _Type
    packets: frozenset[PacketType]
    repeats: frozenset[PacketType] = frozenset()


def _in(*names: str) -> frozenset[PacketType]:
    return frozenset(PacketType[name] for name in names)


_MESSAGE = _in("PUBLISH", "WILL")
_CONNECTING = _in("CONNECT", "CONNACK")
_AUTHENTICATION = _in("CONNECT", "CONNACK", "AUTH")
_ACKNOWLEDGEMENTS = _in("PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "UNSUBACK")
_ENDING = _in("DISCONNECT", "AUTH")
_EVERYWHERE = _MESSAGE | _CONNECTING | _ACKNOWLEDGEMENTS | _ENDING | _in("SUBSCRIBE", "UNSUBSCRIBE")

_TABLE: dict[int, _Property] = {
    0x01: _Property("payload_format_indicator", _BOOLEAN, _MESSAGE),
    0x02: _Property("message_expiry_interval", _UINT32, _MESSAGE),
    0x03: _Property("content_type", _TEXT, _MESSAGE),
    0x08: _Property("response_topic", _TEXT, _MESSAGE),
    0x09: _Property("correlation_data", _BINARY, _MESSAGE),
    0x0B: _Property(
        "subscription_identifiers", _VARINT_FROM_1, _in("PUBLISH", "SUBSCRIBE"), repeats=_in("PUBLISH")
    ),
    0x11: _Property("session_expiry_interval", _UINT32, _in("CONNECT", "CONNACK", "DISCONNECT")),
    0x12: _Property("assigned_client_identifier", _TEXT, _in("CONNACK")),
    0x13: _Property("server_keep_alive", _UINT16, _in("CONNACK")),
    0x15: _Property("authentication_method", _TEXT, _AUTHENTICATION),
    0x16: _Property("authentication_data", _BINARY, _AUTHENTICATION),
    0x17: _Property("request_problem_information", _BOOLEAN, _in("CONNECT")),
    0x18: _Property("will_delay_interval", _UINT32, _in("WILL")),
    0x19: _Property("request_response_information", _BOOLEAN, _in("CONNECT")),
    0x1A: _Property("response_information", _TEXT, _in("CONNACK")),
    0x1C: _Property("server_reference", _TEXT, _in("CONNACK", "DISCONNECT")),
    0x1F: _Property("reason_string", _TEXT, _ACKNOWLEDGEMENTS | _ENDING | _in("CONNACK")),
    0x21: _Property("receive_maximum", _UINT16_FROM_1, _CONNECTING),
    0x22: _Property("topic_alias_maximum", _UINT16, _CONNECTING),
    0x23: _Property("topic_alias", _UINT16_FROM_1, _in("PUBLISH")),
    0x24: _Property("maximum_qos", _QOS, _in("CONNACK")),
    0x25: _Property("retain_available", _BOOLEAN, _in("CONNACK")),
    0x26: _Property("user_properties", _TEXT_PAIR, _EVERYWHERE, repeats=_EVERYWHERE),
    0x27: _Property("maximum_packet_size", _UINT32_FROM_1, _CONNECTING),
    0x28: _Property("wildcard_subscription_available", _BOOLEAN, _in("CONNACK")),
    0x29: _Property("subscription_identifier_available", _BOOLEAN, _in("CONNACK")),
    0x2A: _Property("shared_subscription_available", _BOOLEAN, _in("CONNACK")),
}
_TUPLES = frozenset(row.name for row in _TABLE.values() if row.repeats)


def encode_properties(properties: Properties, packet: PacketType, protocol: Protocol) -> bytes:
    """The properties after their length, in order of their identifiers; nothing at all in MQTT 3.1.1.

    Raises:
        UnsendablePacketError: a property does not belong in such a packet, its value is out of range,
            or the protocol has no properties.
    """
    if properties == NO_PROPERTIES:
        return b"\0" if protocol == Protocol.MQTT_5 else b""
    if protocol != Protocol.MQTT_5:
        raise UnsendablePacketError(f"{packet.name} has properties, which need MQTT 5")
    encoded = bytearray()
    for identifier, row in _TABLE.items():
        value = getattr(properties, row.name)
        values = value if row.name in _TUPLES else () if value is None else (value,)
        if values and packet not in row.packets:
            raise UnsendablePacketError(f"{packet.name} takes no property {row.name}")
        if len(values) > 1 and packet not in row.repeats:
            raise UnsendablePacketError(f"{packet.name} takes one of {row.name}, not {len(values)}")
        for item in values:
            if not row.type.allows(item):
                raise UnsendablePacketError(f"property {row.name} must not be {item!r}")
            encoded.append(identifier)
            encoded += row.type.write(item)
    return write_varint(len(encoded)) + encoded


def read_properties(reader: Reader, packet: PacketType) -> Properties:
    """Read the length and the properties at the reader's position.

    Raises:
        MalformedPacketError: an unknown property, one that does not belong in such a packet, one that
            is repeated and must not be, a value out of range, or bytes that end too early.
    """
    block = Reader(reader.take(reader.varint()))
    if not block.body:
        return NO_PROPERTIES
    values: dict[str, Any] = {}
    while not block.at_end:
        identifier = block.varint()
        row = _TABLE.get(identifier)
        if row is None or packet not in row.packets:
            name = f"property 0x{identifier:02x}" if row is None else f"property {row.name}"
            raise malformed(f"{name} does not belong there")
        value = row.type.read(block)
        if not row.type.allows(value):
            raise protocol_error(f"property {row.name} must not be {value!r}")
        if row.name in values and packet not in row.repeats:
            raise protocol_error(f"property {row.name} stands there twice")
        if row.name in _TUPLES:
            values.setdefault(row.name, []).append(value)
        else:
            values[row.name] = value
    for name in _TUPLES & values.keys():
        values[name] = tuple(values[name])
    return Properties(**values)
