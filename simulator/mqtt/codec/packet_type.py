"""The MQTT control packet types."""

from __future__ import annotations

from enum import IntEnum


class PacketType(IntEnum):
    """Control packet type: the high half of a packet's first byte (MQTT 5.0, section 2.1.2)."""

    WILL = 0
    """Reserved, no packet: stands for the will inside CONNECT, which has properties of its own."""
    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    PUBREC = 5
    PUBREL = 6
    PUBCOMP = 7
    SUBSCRIBE = 8
    SUBACK = 9
    UNSUBSCRIBE = 10
    UNSUBACK = 11
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14
    AUTH = 15
