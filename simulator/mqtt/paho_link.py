"""A `Link` over paho-mqtt, used as a codec: paho reads from and writes to memory.

Paho runs through its external-loop API (`reconnect`, `loop_read`, `loop_write`) on a "socket" that is
two buffers, so it never blocks, never connects and makes no system call; one read from the kernel
serves any number of packets, which on a real socket cost paho three calls each. Its own queue, window
and retransmission stay empty: acknowledgements go to the session. Checked against paho 2.1 and 2.2.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from weakref import WeakMethod

from paho.mqtt import MQTTException
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode as PahoReasonCode

from simulator.core.credentials import Login
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import NO_PROPERTIES, ReasonCode
from simulator.mqtt.codec import Properties as OurProperties
from simulator.mqtt.features import Features
from simulator.mqtt.link import Greeting, Hello, Link, Listener
from simulator.mqtt.reasons import FIRST_FAILURE, Cause, reason_name

_CONNACK = 0x20
_PUBACK = 0x40
_PUBREC = 0x50
_PUBCOMP = 0x70
_PINGRESP = 0xD0
_DISCONNECT = 0xE0

_PINGREQ_FRAME = b"\xc0\x00"
_DISCONNECT_FRAME = b"\xe0\x00"

_WRONG_PROTOCOL_311 = 1
"""Return code of a 3.1.1 CONNACK at which paho would fall back to MQTT 3.1 by itself."""

_LEAVE_NOTHING = b"\xe0\x07\x00\x05\x11\x00\x00\x00\x00"
"""A DISCONNECT that ends the session too: session expiry 0."""

_UNREADABLE = (struct.error, IndexError, KeyError, ValueError, MQTTException)
"""What paho 2.1 lets through when the broker's bytes make no sense."""

_PUBLISHED = MQTTMessageInfo(0)
"""Paho reports each QoS 0 message on an object like this; nobody asks, so one serves all."""

_LEAST_HEADER = 2
"""Bytes of a packet before those that its length counts, at least."""

_HOST = "memory"
"""Paho wants a host and a port to reconnect to; it never sees the network."""


def _properties(packet: int, wanted: OurProperties) -> Properties | None:
    """Return properties as paho has them, None if there are none."""
    if wanted == NO_PROPERTIES:
        return None
    properties = Properties(packet)  # type: ignore[no-untyped-call]
    if wanted.message_expiry_interval is not None:
        properties.MessageExpiryInterval = wanted.message_expiry_interval
    if wanted.will_delay_interval is not None:
        properties.WillDelayInterval = wanted.will_delay_interval
    if wanted.topic_alias is not None:
        properties.TopicAlias = wanted.topic_alias
    if wanted.user_properties:
        properties.UserProperty = list(wanted.user_properties)
    return properties


@lru_cache(maxsize=1024)
def _message_properties(features: Features, alias: int | None) -> Properties | None:
    return _properties(PacketTypes.PUBLISH, features.of_message(alias))


def _weakly(method: Callable[..., None]) -> Callable[..., None]:
    """Return a callback that does not keep its link alive: it holds paho, and a load frees no cycles."""
    reference = WeakMethod(method)

    def call(*arguments: Any) -> None:
        if bound := reference():
            bound(*arguments)

    return call


class _Memory:
    """What paho takes for its socket."""

    def __init__(self, outgoing: bytearray) -> None:
        self._outgoing = outgoing
        self._incoming = b""
        self._position = 0
        self.open = True

    def feed(self, data: bytes) -> None:
        """Add bytes for paho to read."""
        self._incoming = self._incoming[self._position :] + data
        self._position = 0

    @property
    def pending(self) -> bool:
        """Whether there are bytes that paho has not read."""
        return self._position < len(self._incoming)

    def recv(self, size: int) -> bytes:
        start = self._position
        data = self._incoming[start : start + size]
        if not data:
            raise BlockingIOError
        self._position = start + len(data)
        return data

    def send(self, data: bytes | bytearray) -> int:
        self._outgoing += data
        return len(data)

    def close(self) -> None:
        self.open = False

    def fileno(self) -> int:
        return -1

    def setblocking(self, flag: bool) -> None:
        """Memory never blocks."""


class _Codec(Client):
    """Paho's client, with our memory for a socket and our session for its queue of QoS messages."""

    def __init__(self, protocol: Protocol, hello: Hello, listener: Listener, outgoing: bytearray) -> None:
        modern = protocol is Protocol.MQTT_5
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=hello.client_id,
            clean_session=None if modern else hello.clean,
            protocol=MQTTProtocolVersion(protocol),
            reconnect_on_failure=False,
        )
        self._listener = listener
        self._outgoing = outgoing
        self._modern = modern
        self._largest = hello.largest_packet
        self.memory = _Memory(outgoing)
        self.packet_id = 0
        if hello.will is not None:
            will = hello.will
            properties = _properties(PacketTypes.WILLMESSAGE, hello.features.of_will) if modern else None
            self.will_set(will.topic, will.payload, will.qos, will.retain, properties)
        if hello.username is not None:
            self.username_pw_set(hello.username, hello.password)

    @property
    def refuses_packet(self) -> bool:
        """Whether the packet that is being read is longer than the device takes."""
        announced = self._in_packet["remaining_length"] if self._in_packet["have_remaining"] else 0
        return announced + _LEAST_HEADER > self._largest

    def _create_socket(self) -> _Memory:
        self.memory = _Memory(self._outgoing)
        return self.memory

    def _mid_generate(self) -> int:
        return self.packet_id  # packet ids are the session's; paho only asks for them

    def _packet_handle(self) -> MQTTErrorCode:
        """Take what concerns our own messages past paho, which keeps no record of them."""
        command = self._in_packet["command"] & 0xF0
        packet = self._in_packet["packet"]
        if self.refuses_packet:
            self._listener.dismissed(Cause.PACKET_TOO_LONG)
        elif command == _PINGRESP:
            self._listener.ponged()
        elif command == _DISCONNECT and self._modern:
            code = packet[0] if packet else 0
            self._listener.dismissed(reason_name(code) if code else Cause.CLOSED_BY_BROKER, code)
        elif len(packet) < 2:
            return MQTTErrorCode.MQTT_ERR_PROTOCOL
        elif command in (_PUBACK, _PUBREC, _PUBCOMP):
            packet_id = packet[0] << 8 | packet[1]
            code = packet[2] if len(packet) > 2 else 0
            if command == _PUBREC and code < FIRST_FAILURE:
                self._listener.received(packet_id)
            else:
                self._listener.acknowledged(packet_id, code)
        elif command == _CONNACK and not self._modern and packet[1] == _WRONG_PROTOCOL_311:
            self._listener.greeted(Greeting(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION))
        else:
            try:
                return super()._packet_handle()
            except _UNREADABLE:
                return MQTTErrorCode.MQTT_ERR_PROTOCOL
        return MQTTErrorCode.MQTT_ERR_SUCCESS


class PahoLink(Link):
    """Speaks MQTT 3.1.1 or 5 through paho.

    Args:
        protocol: which of the two.
        hello: what to say in each CONNECT.
        listener: whom to tell what the broker says.
    """

    def __init__(self, protocol: Protocol, hello: Hello, listener: Listener) -> None:
        self.outgoing = bytearray()
        self._hello = hello
        self._listener = listener
        self._properties: Properties | None = None
        self._modern = protocol is Protocol.MQTT_5
        self._leave = _LEAVE_NOTHING if hello.ends_at_once(protocol) else _DISCONNECT_FRAME
        self._aliases: dict[str, int] = {}
        self._aliases_left = 0
        if self._modern:
            self._properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            self._properties.MaximumPacketSize = hello.largest_packet
            if hello.session_expiry:
                self._properties.SessionExpiryInterval = hello.session_expiry
        # Paho calls back under its locks, which a session that answers would run into: note, then tell.
        self._heard: list[Callable[[], None]] = []
        self._codec = _Codec(protocol, hello, listener, self.outgoing)
        self._codec.on_connect = _weakly(self._on_connect)
        self._codec.on_subscribe = _weakly(self._on_subscribe)
        self._codec.on_message = _weakly(self._on_message)
        self._codec.on_disconnect = _weakly(self._on_disconnect)

    def connect(self, login: Login | None = None) -> None:
        """Begin a new connection."""
        if login is not None:
            self._codec.username_pw_set(login.username, login.password)
        self.outgoing.clear()
        self._heard.clear()
        self._aliases.clear()
        self._aliases_left = 0
        self._codec.connect_async(
            _HOST,
            keepalive=self._hello.keep_alive,
            clean_start=self._hello.clean,
            properties=self._properties,
        )
        self._codec.reconnect()

    def publish(
        self, packet_id: int, topic: str, payload: bytes, qos: int, retain: bool, duplicate: bool
    ) -> None:
        """Send a PUBLISH."""
        alias = self._aliases.get(topic)
        name = topic.encode() if alias is None else b""
        if alias is None and self._aliases_left:
            self._aliases_left -= 1
            alias = self._aliases[topic] = len(self._aliases) + 1
        properties = _message_properties(self._hello.features, alias) if self._modern else None
        self._codec._send_publish(packet_id, name, payload, qos, retain, duplicate, _PUBLISHED, properties)

    def release(self, packet_id: int) -> None:
        """Send a PUBREL."""
        self._codec._send_pubrel(packet_id)

    def subscribe(self, packet_id: int, topic_filter: str, qos: int) -> None:
        """Send a SUBSCRIBE."""
        self._codec.packet_id = packet_id
        self._codec.subscribe(topic_filter, qos)

    def ping(self) -> None:
        """Send a PINGREQ."""
        self.outgoing += _PINGREQ_FRAME

    def disconnect(self) -> None:
        """Send a DISCONNECT."""
        self.outgoing += self._leave

    def receive(self, data: bytes) -> None:
        """Decode what the broker says and tell the listener."""
        codec = self._codec
        memory = codec.memory
        memory.feed(data)
        while memory.open and memory.pending:
            error = codec.loop_read()
            while self._heard:
                self._heard.pop(0)()
            if codec.memory is not memory:
                return  # what was heard made the session start another connection
            if codec.refuses_packet:  # before its end
                self._listener.dismissed(Cause.PACKET_TOO_LONG)
                return
            if error != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return

    def _on_connect(
        self,
        _client: Client,
        _userdata: Any,
        flags: ConnectFlags,
        reason: PahoReasonCode,
        properties: Properties | None,
    ) -> None:
        def stated(name: str, default: Any) -> Any:
            return getattr(properties, name, default)

        if self._hello.features.topic_alias:
            self._aliases_left = stated("TopicAliasMaximum", 0)
        none = Greeting(0)
        greeting = Greeting(
            code=reason.value,
            session_present=flags.session_present,
            receive_maximum=stated("ReceiveMaximum", none.receive_maximum),
            largest_packet=stated("MaximumPacketSize", none.largest_packet),
            keep_alive=stated("ServerKeepAlive", none.keep_alive),
        )
        self._heard.append(lambda: self._listener.greeted(greeting))

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: Any,
        packet_id: int,
        reasons: list[PahoReasonCode],
        _properties: Properties | None,
    ) -> None:
        code = reasons[0].value if reasons else ReasonCode.PROTOCOL_ERROR
        self._heard.append(lambda: self._listener.subscribed(packet_id, code))

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return  # no topic that any device has subscribed to by name
        payload = bytes(message.payload)
        self._heard.append(lambda: self._listener.messaged(topic, payload))

    def _on_disconnect(self, *_: Any) -> None:
        # Paho gives up: after a refusal, which has been heard already, or for what it cannot read.
        self._heard.append(lambda: self._listener.dismissed(Cause.MALFORMED))
