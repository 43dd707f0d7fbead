"""MQTT packets as bytes, for what goes over a raw connection and for what no library would send.

Source: MQTT 3.1.1 (OASIS, 2014) and MQTT 5.0 (OASIS, 2019), sections 2.2 and 3. Nothing is checked here: what
is wrong is wrong on purpose. The delivery side has the encoder for everything that is right.
"""

from __future__ import annotations

from simulator.core.actions import Connect
from simulator.core.endpoint import Protocol

CONNECT, PUBLISH, PUBREL, SUBSCRIBE, PINGREQ = 0x10, 0x30, 0x62, 0x82, 0xC0
"""First bytes, with the flags that they must have."""

RETAIN = 0x01
"""Flag of PUBLISH."""

CLEAN, WILL, WILL_RETAIN = 0x02, 0x04, 0x20
"""Flags of CONNECT."""


def frame(first: int, body: bytes, length: int | None = None) -> bytes:
    """Return a packet.

    Args:
        first: type and flags.
        body: all behind the length.
        length: what is said of it; the right one if left out.
    """
    return bytes((first,)) + remaining_length(len(body) if length is None else length) + body


def remaining_length(length: int) -> bytes:
    """Return a length as a variable byte integer."""
    encoded = bytearray()
    while length > 127:
        encoded.append(length & 127 | 128)
        length >>= 7
    return bytes((*encoded, length))


def text(value: str | bytes) -> bytes:
    """Return a string behind its length in two bytes; any bytes, be they UTF-8 or not."""
    data = value.encode() if isinstance(value, str) else value
    return len(data).to_bytes(2, "big") + data


def publish(topic: str | bytes, payload: bytes, qos: int, packet_id: int, modern: bool) -> bytes:
    """Return a PUBLISH; in MQTT 5 without properties."""
    middle = packet_id.to_bytes(2, "big") if qos else b""
    return frame(PUBLISH | qos << 1, text(topic) + middle + (b"\0" if modern else b"") + payload)


def subscribe(topic_filter: str | bytes, packet_id: int, modern: bool) -> bytes:
    """Return a SUBSCRIBE to one filter at QoS 1, which is what devices ask for."""
    properties = b"\0" if modern else b""
    return frame(SUBSCRIBE, packet_id.to_bytes(2, "big") + properties + text(topic_filter) + b"\1")


def connect(
    hello: Connect,
    modern: bool,
    *,
    client_id: str | bytes | None = None,
    name: str = "MQTT",
    level: int | None = None,
    flags: int = 0,
) -> bytes:
    """Return a CONNECT without credentials; in MQTT 5 without properties.

    Args:
        hello: what it says.
        modern: whether it is MQTT 5.
        client_id: what stands in place of the client id.
        name, level: of the protocol.
        flags: those that are set beside the right ones, whether or not what they announce is there.
    """
    protocol = Protocol.MQTT_5 if modern else Protocol.MQTT_311
    empty, will = b"\0" if modern else b"", hello.will
    flags |= CLEAN if hello.clean else 0
    body = empty + text(client_id or hello.client_id or hello.device)
    if will is not None:
        flags |= WILL | will.qos << 3 | (WILL_RETAIN if will.retain else 0)
        body += empty + text(will.topic) + text(will.payload)
    head = text(name) + bytes((protocol if level is None else level, flags))
    return frame(CONNECT, head + hello.keep_alive.to_bytes(2, "big") + body)
