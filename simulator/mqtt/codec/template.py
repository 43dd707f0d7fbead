"""The hot path of a load: PUBLISH frames of one topic, of which only payload and packet id change."""

from __future__ import annotations

from simulator.core.endpoint import Protocol
from simulator.mqtt.codec.errors import UnsendablePacketError
from simulator.mqtt.codec.packet_type import PacketType
from simulator.mqtt.codec.properties import NO_PROPERTIES, Properties, encode_properties
from simulator.mqtt.codec.topics import check_topic_name
from simulator.mqtt.codec.wire import write_text, write_varint

_RETAIN = 0x01
_DUP = 0x08


class _Lengths(dict[int, bytes]):
    """Remaining lengths as they are written, kept once made while they take at most two bytes."""

    def __missing__(self, length: int) -> bytes:
        encoded = write_varint(length)
        if len(encoded) <= 2:
            self[length] = encoded
        return encoded


LENGTHS = _Lengths()


class PublishTemplate:
    """All of a PUBLISH but its payload, packet id and DUP flag, built once for each topic of a device.

    Attributes:
        qos: of its messages.
    """

    __slots__ = ("_again", "_fixed", "_head", "_properties", "_topic", "qos")

    def __init__(
        self,
        topic: str,
        qos: int = 0,
        retain: bool = False,
        protocol: Protocol = Protocol.MQTT_311,
        properties: Properties = NO_PROPERTIES,
    ) -> None:
        """Build the constant parts.

        Args:
            topic: name of the topic; empty only if `properties` give a topic alias.
            qos: 0, 1 or 2.
            retain: whether the broker keeps the message.
            protocol: version of the connection.
            properties: of every message; MQTT 5 only.

        Raises:
            UnsendablePacketError: MQTT allows no such message.
        """
        if qos not in (0, 1, 2):
            raise UnsendablePacketError(f"QoS {qos} does not exist: use 0, 1 or 2")
        if topic or properties.topic_alias is None:
            check_topic_name(topic)
        first = PacketType.PUBLISH << 4 | qos << 1 | (_RETAIN if retain else 0)
        self.qos = qos
        self._head = bytes((first,))
        self._again = bytes((first | _DUP,))
        self._topic = write_text(topic)
        self._properties = encode_properties(properties, PacketType.PUBLISH, protocol)
        if qos == 0:  # no packet id stands between topic and properties, so they are one piece
            self._topic += self._properties
        self._fixed = len(self._topic) + (len(self._properties) + 2 if qos else 0)

    def frame(self, payload: bytes, packet_id: int = 0, dup: bool = False) -> bytes:
        """One PUBLISH as it goes on the wire.

        Args:
            payload: content of the message.
            packet_id: 1 to 65,535 at QoS 1 and 2; MQTT has none at QoS 0, where it is not looked at.
            dup: whether the message was sent before; likewise.

        Raises:
            UnsendablePacketError: the packet id is out of range, or the payload is over 256 MiB.
        """
        if self.qos == 0:
            return b"".join((self._head, LENGTHS[self._fixed + len(payload)], self._topic, payload))
        if not 0 < packet_id < 65_536:
            raise UnsendablePacketError(f"packet id {packet_id} is out of range: use 1 to 65535")
        return b"".join(
            (
                self._again if dup else self._head,
                LENGTHS[self._fixed + len(payload)],
                self._topic,
                packet_id.to_bytes(2, "big"),
                self._properties,
                payload,
            )
        )
