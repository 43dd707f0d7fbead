"""A `Link` over our own codec: what a large fleet sends, with as little work a message as possible."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.core.credentials import Login
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import (
    NO_PROPERTIES,
    ConnAckPacket,
    ConnectPacket,
    Decoder,
    DisconnectPacket,
    MalformedPacketError,
    PingReqPacket,
    PingRespPacket,
    Properties,
    PubAckPacket,
    PubCompPacket,
    PublishPacket,
    PubRecPacket,
    PubRelPacket,
    ReasonCode,
    ServerPacket,
    SubAckPacket,
    SubscribePacket,
    Subscription,
    accepted,
    encode,
)
from simulator.mqtt.codec.template import LENGTHS
from simulator.mqtt.features import message_properties
from simulator.mqtt.link import Greeting, Hello, Link, Listener
from simulator.mqtt.reasons import FIRST_FAILURE, Cause, reason_name

_DEFAULTS = Greeting(0)

_RETAIN = 0x01
_DUPLICATE = 0x08
_PUBLISH = tuple(bytes((0x30 | flags,)) for flags in range(16))
"""First byte of a PUBLISH by its flags."""


class FastLink(Link):
    """Speaks MQTT 3.1.1 or 5 through `simulator.mqtt.codec`.

    Args:
        protocol: which of the two.
        hello: what to say in each CONNECT.
        listener: whom to tell what the broker says.
    """

    __slots__ = (
        "_decoder",
        "_hello",
        "_listener",
        "_properties",
        "_protocol",
        "_unreleased",
        "outgoing",
    )

    def __init__(self, protocol: Protocol, hello: Hello, listener: Listener) -> None:
        self.outgoing = bytearray()
        self._protocol = protocol
        self._properties = message_properties(hello.features, protocol)
        self._listener = listener
        self._hello = hello
        self._decoder = Decoder(protocol, hello.largest_packet)
        # QoS 2 messages that the broker has not released yet; few devices ever get one.
        self._unreleased: dict[int, PublishPacket] | None = None

    def connect(self, login: Login | None = None) -> None:
        """Begin a new connection."""
        self._decoder = Decoder(self._protocol, self._hello.largest_packet)
        self.outgoing.clear()
        hello = self._hello.with_login(login)
        self.outgoing += encode(connect_packet(self._protocol, hello), self._protocol)

    def publish(
        self, packet_id: int, topic: str, payload: bytes, qos: int, retain: bool, duplicate: bool
    ) -> None:
        """Send a PUBLISH, the one packet of which there are many: written out at once, without an object."""
        name = topic.encode()
        flags = qos << 1
        if retain:
            flags |= _RETAIN
        if duplicate:
            flags |= _DUPLICATE
        properties = self._properties
        middle = packet_id.to_bytes(2, "big") + properties if qos else properties
        size = len(name)
        length = LENGTHS[2 + size + len(middle) + len(payload)]
        self.outgoing += b"".join((_PUBLISH[flags], length, size.to_bytes(2, "big"), name, middle, payload))

    def release(self, packet_id: int) -> None:
        """Send a PUBREL."""
        self.outgoing += encode(PubRelPacket(packet_id), self._protocol)

    def subscribe(self, packet_id: int, topic_filter: str, qos: int) -> None:
        """Send a SUBSCRIBE."""
        packet = SubscribePacket(packet_id, (Subscription(topic_filter, qos),))
        self.outgoing += encode(packet, self._protocol)

    def ping(self) -> None:
        """Send a PINGREQ."""
        self.outgoing += encode(PingReqPacket(), self._protocol)

    def disconnect(self) -> None:
        """Send a DISCONNECT; a session that began clean is to leave nothing."""
        leave = DisconnectPacket()
        if self._hello.ends_at_once(self._protocol):
            leave = DisconnectPacket(properties=Properties(session_expiry_interval=0))
        self.outgoing += encode(leave, self._protocol)

    def receive(self, data: bytes) -> None:
        """Decode what the broker says and tell the listener."""
        decoder = self._decoder
        if decoder.between_packets and (packet_ids := accepted(data)):
            self._listener.all_accepted(packet_ids)  # what a load at QoS 1 hears most of the time
            return
        fault = None
        try:
            packets: Iterable[ServerPacket] = decoder.feed(data)
        except MalformedPacketError as error:
            packets, fault = error.packets, error
        for packet in packets:
            self._hear(packet)
            if self._decoder is not decoder:
                return  # what was heard made the session start another connection
        if fault is not None:
            too_long = fault.reason is ReasonCode.PACKET_TOO_LARGE
            self._listener.dismissed(Cause.PACKET_TOO_LONG if too_long else Cause.MALFORMED)

    def _hear(self, packet: ServerPacket) -> None:
        listener = self._listener
        match packet:
            case PubAckPacket() | PubCompPacket():
                listener.acknowledged(packet.packet_id, packet.reason)
            case PingRespPacket():
                listener.ponged()
            case PublishPacket():
                self._message(packet)
            case PubRecPacket() if packet.reason >= FIRST_FAILURE:
                listener.acknowledged(packet.packet_id, packet.reason)
            case PubRecPacket():
                listener.received(packet.packet_id)
            case PubRelPacket():
                self._released(packet.packet_id)
            case ConnAckPacket():
                if not packet.session_present:
                    self._unreleased = None
                listener.greeted(_greeting(packet))
            case SubAckPacket():
                listener.subscribed(packet.packet_id, packet.reasons[0])
            case DisconnectPacket():
                reason = reason_name(packet.reason) if packet.reason else Cause.CLOSED_BY_BROKER
                listener.dismissed(reason, packet.reason)

    def _message(self, packet: PublishPacket) -> None:
        """Acknowledge a message and pass it on: at QoS 2 only when the broker releases it."""
        if packet.qos == 2:
            self._unreleased = self._unreleased or {}
            self._unreleased[packet.packet_id] = packet
            self.outgoing += encode(PubRecPacket(packet.packet_id), self._protocol)
            return
        if packet.qos == 1:
            self.outgoing += encode(PubAckPacket(packet.packet_id), self._protocol)
        self._listener.messaged(packet.topic, packet.payload)

    def _released(self, packet_id: int) -> None:
        packet = self._unreleased.pop(packet_id, None) if self._unreleased else None
        self.outgoing += encode(PubCompPacket(packet_id), self._protocol)
        if packet is not None:
            self._listener.messaged(packet.topic, packet.payload)


def connect_packet(protocol: Protocol, hello: Hello) -> ConnectPacket:
    """Return the CONNECT that says all that."""
    modern = protocol is Protocol.MQTT_5
    properties = NO_PROPERTIES
    if modern:
        expiry = hello.session_expiry or None
        properties = Properties(session_expiry_interval=expiry, maximum_packet_size=hello.largest_packet)
    return ConnectPacket(
        client_id=hello.client_id,
        keep_alive=hello.keep_alive,
        clean=hello.clean,
        will=hello.will,
        username=hello.username,
        password=None if hello.password is None else hello.password.encode(),
        properties=properties,
        will_properties=hello.features.of_will if modern and hello.will is not None else NO_PROPERTIES,
    )


def _greeting(packet: ConnAckPacket) -> Greeting:
    stated = packet.properties
    return Greeting(
        code=packet.reason,
        session_present=packet.session_present,
        receive_maximum=stated.receive_maximum or _DEFAULTS.receive_maximum,
        largest_packet=stated.maximum_packet_size or _DEFAULTS.largest_packet,
        keep_alive=stated.server_keep_alive,
    )
