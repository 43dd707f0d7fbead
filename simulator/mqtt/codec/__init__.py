"""MQTT 3.1.1 and 5 as bytes, without a socket: what a client sends is encoded, what it receives decoded.

`encode` writes any packet, `PublishTemplate` many messages of one topic, and a `Decoder` reads a
connection. Sources: MQTT 3.1.1 (OASIS, 2014) and MQTT 5.0 (OASIS, 2019).
"""

from simulator.mqtt.codec.decode import Decoder, accepted
from simulator.mqtt.codec.encode import encode
from simulator.mqtt.codec.errors import MalformedPacketError, UnsendablePacketError
from simulator.mqtt.codec.packets import (
    ClientPacket,
    ConnAckPacket,
    ConnectPacket,
    DisconnectPacket,
    PingReqPacket,
    PingRespPacket,
    PubAckPacket,
    PubCompPacket,
    PublishPacket,
    PubRecPacket,
    PubRelPacket,
    RetainHandling,
    ServerPacket,
    SubAckPacket,
    SubscribePacket,
    Subscription,
    UnsubAckPacket,
    UnsubscribePacket,
)
from simulator.mqtt.codec.properties import NO_PROPERTIES, Properties
from simulator.mqtt.codec.reasons import ReasonCode
from simulator.mqtt.codec.template import PublishTemplate

__all__ = [
    "NO_PROPERTIES",
    "ClientPacket",
    "ConnAckPacket",
    "ConnectPacket",
    "Decoder",
    "DisconnectPacket",
    "MalformedPacketError",
    "PingReqPacket",
    "PingRespPacket",
    "Properties",
    "PubAckPacket",
    "PubCompPacket",
    "PubRecPacket",
    "PubRelPacket",
    "PublishPacket",
    "PublishTemplate",
    "ReasonCode",
    "RetainHandling",
    "ServerPacket",
    "SubAckPacket",
    "SubscribePacket",
    "Subscription",
    "UnsendablePacketError",
    "UnsubAckPacket",
    "UnsubscribePacket",
    "accepted",
    "encode",
]
