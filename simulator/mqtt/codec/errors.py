"""The two ways in which bytes and packets fail to meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.core.errors import FleetsimError
from simulator.mqtt.codec.reasons import ReasonCode

if TYPE_CHECKING:
    from simulator.mqtt.codec.packets import ServerPacket


class UnsendablePacketError(FleetsimError):
    """MQTT has no bytes for the packet that was asked for; the message says which rule it breaks."""


class MalformedPacketError(FleetsimError):
    """The peer sent bytes that are not MQTT, or a packet that it must not send; close the connection.

    Attributes:
        reason: what to tell the peer in an MQTT 5 DISCONNECT.
        packets: those that were whole and sound before the fault, in the same feed. They count.
    """

    def __init__(self, reason: ReasonCode, message: str, packets: tuple[ServerPacket, ...] = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.packets = packets
