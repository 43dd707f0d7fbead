"""Bytes from a broker to packets, however the network has cut them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.core.endpoint import Protocol
from simulator.mqtt.codec.errors import MalformedPacketError
from simulator.mqtt.codec.packet_type import PacketType
from simulator.mqtt.codec.packets import (
    ConnAckPacket,
    DisconnectPacket,
    PingRespPacket,
    PubAckPacket,
    PubCompPacket,
    PublishPacket,
    PubRecPacket,
    PubRelPacket,
    ServerPacket,
    SubAckPacket,
    UnsubAckPacket,
)
from simulator.mqtt.codec.properties import NO_PROPERTIES, Properties, read_properties
from simulator.mqtt.codec.reasons import CONNECT_RETURN_CODES, REASONS, SUBSCRIBE_RETURN_CODES, ReasonCode
from simulator.mqtt.codec.wire import Reader, decode_text, malformed, protocol_error

_PUBACK = PacketType.PUBACK << 4
_ACCEPTED = bytes((_PUBACK, 2))
"""How a PUBACK in its short form begins; its packet id follows, and that it accepts goes without saying."""

_Acknowledgement = PubAckPacket | PubRecPacket | PubRelPacket | PubCompPacket

_Parse = Callable[[int, bytes, bool], ServerPacket]
"""Makes a packet of its first byte, its body (all after the fixed header) and whether it is MQTT 5."""


class Decoder:
    """Reads the packets of one connection; holds at most `maximum_packet` bytes between two feeds."""

    __slots__ = ("_fault", "_held", "_maximum", "_parsers", "_v5", "_wanted")

    def __init__(self, protocol: Protocol, maximum_packet: int) -> None:
        """Start at the beginning of a connection.

        Args:
            protocol: version that the client asked for.
            maximum_packet: largest packet to accept, in bytes with its header. In MQTT 5, tell the
                broker the same number in the property maximum_packet_size.
        """
        self._v5 = protocol == Protocol.MQTT_5
        self._maximum = maximum_packet
        self._parsers = _PARSERS[protocol]
        self._fault: tuple[ReasonCode, str] | None = None
        # The start of a packet, and the bytes it must grow to before it pays to look again. After a fault
        # it is set as well, so that one test keeps a sound stream on the fast path.
        self._held: bytearray | None = None
        self._wanted = 0

    @property
    def between_packets(self) -> bool:
        """Whether nothing is held, and the next byte begins a packet."""
        return self._held is None

    def feed(self, data: bytes) -> list[ServerPacket]:
        """Take what the socket gave; return the packets that are now whole, in their order.

        Raises:
            MalformedPacketError: the bytes are not MQTT, or a packet is too large or not for a client. It
                holds the packets before the fault; every later call raises it again, without them.
        """
        if self._held is not None:
            whole = self._resume(data)
            if whole is None:
                return []
            data = whole
        packets: list[ServerPacket] = []
        position, end = 0, len(data)
        while position < end:
            first = data[position]
            # A load at QoS 1 receives little but acknowledgements in their short form.
            if first == _PUBACK and end - position >= 4 and data[position + 1] == 2:
                packet_id = data[position + 2] << 8 | data[position + 3]
                if packet_id:
                    packets.append(PubAckPacket(packet_id))
                    position += 4
                    continue
            try:
                parse = self._parsers.get(first) or _refuse(first, self._v5)
                body = position + 2
                if body <= end and data[body - 1] < 128:
                    stop = body + data[body - 1]
                elif body < end and 0 < data[body] < 128:
                    stop = body + 1 + (data[body - 1] & 127 | data[body] << 7)
                    body += 1
                else:
                    body, stop = self._extent(data, position)
                if stop - position > self._maximum:
                    raise _too_large(stop - position, self._maximum)
                if stop > end:
                    self._held = bytearray(memoryview(data)[position:])
                    self._wanted = stop - position
                    break
                packets.append(parse(first, data[body:stop], self._v5))
            except MalformedPacketError as fault:
                raise self._failed(fault, first, packets) from None
            position = stop
        return packets

    def _extent(self, data: bytes, position: int) -> tuple[int, int]:
        """Where the body of the packet at `position` starts and stops; past the data if not yet known."""
        length = 0
        for index in range(4):
            at = position + 1 + index
            if at >= len(data):
                return at, at + 1
            byte = data[at]
            length |= (byte & 127) << 7 * index
            if byte < 128:
                if byte == 0 and index and self._v5:
                    raise malformed("its length is written longer than it needs to be")
                return at + 1, at + 1 + length
        raise malformed("its length is written in more than four bytes")

    def _resume(self, data: bytes) -> bytes | None:
        """All bytes since the packet that is held, once they can hold it whole."""
        if self._fault is not None:
            raise MalformedPacketError(*self._fault)
        assert self._held is not None
        self._held += data
        if len(self._held) < self._wanted:
            return None
        whole = bytes(self._held)
        self._held = None
        return whole

    def _failed(
        self, fault: MalformedPacketError, first: int, packets: list[ServerPacket]
    ) -> MalformedPacketError:
        name = PacketType(first >> 4).name if first >> 4 else "packet"
        message = f"malformed {name} from the broker: {fault}"
        self._fault = (fault.reason, message)
        self._held = bytearray()
        return MalformedPacketError(fault.reason, message, tuple(packets))


def accepted(data: bytes) -> list[int]:
    """The packet ids of PUBACKs that accept, if `data` is nothing but such in their short form; else none.

    A load at QoS 1 hears little else, and this makes no object for each.
    """
    size = len(data)
    if size == 4:
        packet_id = data[2] << 8 | data[3]
        return [packet_id] if packet_id and data.startswith(_ACCEPTED) else []
    count = size // 4
    if size % 4 or data[::4] != _ACCEPTED[:1] * count or data[1::4] != _ACCEPTED[1:] * count:
        return []
    packet_ids = [data[place] << 8 | data[place + 1] for place in range(2, size, 4)]
    return [] if 0 in packet_ids else packet_ids


def _too_large(size: int, maximum: int) -> MalformedPacketError:
    message = f"it has {size} bytes, and at most {maximum} are accepted"
    return MalformedPacketError(ReasonCode.PACKET_TOO_LARGE, message)


def _refuse(first: int, v5: bool) -> _Parse:
    """Raise what is wrong with a packet that starts with `first`, which no parser takes."""
    kind, flags = first >> 4, first & 15
    if kind == 0 or (kind == PacketType.AUTH and not v5):
        raise malformed(f"packet type {kind} is reserved")
    if kind == PacketType.PUBLISH:
        raise malformed("QoS 3 does not exist" if flags & 6 == 6 else "DUP is set at QoS 0")
    if flags != (2 if kind in (PacketType.PUBREL, PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE) else 0):
        raise malformed(f"its flags are 0x{flags:x}")
    if kind == PacketType.AUTH:
        raise protocol_error("extended authentication is not supported, and was not asked for")
    raise protocol_error("a client must not receive it")


def _publish(first: int, body: bytes, v5: bool) -> PublishPacket:
    qos = first >> 1 & 3
    packet_id = 0
    properties = NO_PROPERTIES
    try:
        position = 2 + (body[0] << 8 | body[1])
        topic = decode_text(body[2:position])
        if qos:
            packet_id = body[position] << 8 | body[position + 1]
            position += 2
        if v5:
            if body[position]:
                reader = Reader(body, position)
                properties = read_properties(reader, PacketType.PUBLISH)
                position = reader.position
            else:
                position += 1
    except IndexError:
        position = len(body) + 1
    if position > len(body):
        raise malformed("it ends before its payload")
    if qos and not packet_id:
        raise protocol_error("packet id 0")
    if not topic and properties.topic_alias is None:
        raise protocol_error("its topic is empty")
    if "+" in topic or "#" in topic:
        raise malformed(f"topic {topic[:40]!r} holds a wildcard")
    return PublishPacket(topic, body[position:], qos, first & 1 == 1, packet_id, first & 8 == 8, properties)


def _packet_id(reader: Reader) -> int:
    packet_id = reader.uint16()
    if packet_id == 0:
        raise protocol_error("packet id 0")
    return packet_id


def _reason(code: int, allowed: Mapping[int, ReasonCode]) -> ReasonCode:
    reason = allowed.get(code)
    if reason is None:
        raise protocol_error(f"it must not carry the reason code 0x{code:02x}")
    return reason


def _outcome(reader: Reader, kind: PacketType, v5: bool) -> tuple[ReasonCode, Properties]:
    """Reason and properties at the end of a packet, each of which may be left out (MQTT 5)."""
    reason, properties = ReasonCode.SUCCESS, NO_PROPERTIES
    if v5 and not reader.at_end:
        reason = _reason(reader.uint8(), REASONS[kind])
        if not reader.at_end:
            properties = read_properties(reader, kind)
    reader.finish()
    return reason, properties


def _connack(_first: int, body: bytes, v5: bool) -> ConnAckPacket:
    reader = Reader(body)
    flags, code = reader.uint8(), reader.uint8()
    if flags > 1:
        raise malformed(f"its flags are 0x{flags:x}")
    if v5 and body != b"\0\x01":
        reason = _reason(code, REASONS[PacketType.CONNACK])
        properties = read_properties(reader, PacketType.CONNACK)
    else:  # also the answer of a broker that knows only 3.1.1 to a client that asks for 5
        reason = _reason(code, CONNECT_RETURN_CODES)
        properties = NO_PROPERTIES
    reader.finish()
    if flags and reason.failed:
        raise protocol_error("it refuses the connection and yet has a session")
    return ConnAckPacket(flags == 1, reason, properties)


def _acknowledgement(packet: type[_Acknowledgement], kind: PacketType) -> _Parse:
    reasons = REASONS[kind]

    def parse(_first: int, body: bytes, v5: bool) -> _Acknowledgement:
        if v5 and len(body) == 3:  # the answer to every message that nobody subscribes to
            packet_id, reason = body[0] << 8 | body[1], reasons.get(body[2])
            if packet_id and reason is not None:
                return packet(packet_id, reason)
        reader = Reader(body)
        packet_id = _packet_id(reader)
        return packet(packet_id, *_outcome(reader, kind, v5))

    return parse


def _suback(_first: int, body: bytes, v5: bool) -> SubAckPacket:
    reader = Reader(body)
    packet_id = _packet_id(reader)
    properties, allowed = NO_PROPERTIES, SUBSCRIBE_RETURN_CODES
    if v5:
        properties, allowed = read_properties(reader, PacketType.SUBACK), REASONS[PacketType.SUBACK]
    reasons = tuple(_reason(code, allowed) for code in reader.rest())
    if not reasons:
        raise protocol_error("it grants nothing")
    return SubAckPacket(packet_id, reasons, properties)


def _unsuback(_first: int, body: bytes, v5: bool) -> UnsubAckPacket:
    reader = Reader(body)
    packet_id = _packet_id(reader)
    if not v5:
        reader.finish()
        return UnsubAckPacket(packet_id)
    properties = read_properties(reader, PacketType.UNSUBACK)
    reasons = tuple(_reason(code, REASONS[PacketType.UNSUBACK]) for code in reader.rest())
    if not reasons:
        raise protocol_error("it answers nothing")
    return UnsubAckPacket(packet_id, reasons, properties)


def _pingresp(_first: int, body: bytes, _v5: bool) -> PingRespPacket:
    if body:
        raise malformed("it has a body")
    return _PING_RESPONSE


def _disconnect(_first: int, body: bytes, v5: bool) -> DisconnectPacket:
    return DisconnectPacket(*_outcome(Reader(body), PacketType.DISCONNECT, v5))


_PING_RESPONSE = PingRespPacket()

_PARSERS_311: dict[int, _Parse] = {
    0x20: _connack,
    **dict.fromkeys((0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3A, 0x3B, 0x3C, 0x3D), _publish),
    0x40: _acknowledgement(PubAckPacket, PacketType.PUBACK),
    0x50: _acknowledgement(PubRecPacket, PacketType.PUBREC),
    0x62: _acknowledgement(PubRelPacket, PacketType.PUBREL),
    0x70: _acknowledgement(PubCompPacket, PacketType.PUBCOMP),
    0x90: _suback,
    0xB0: _unsuback,
    0xD0: _pingresp,
}
_PARSERS: dict[Protocol, dict[int, _Parse]] = {
    Protocol.MQTT_311: _PARSERS_311,
    Protocol.MQTT_5: _PARSERS_311 | {0xE0: _disconnect},
}
"""Which first bytes a broker may send, and what reads the rest."""
