"""MQTT sessions of a whole fleet on one event loop."""

from simulator.core.descriptors import descriptor_room, require_descriptors
from simulator.core.transport import Transport
from simulator.mqtt.counts import ConnectionCounts, SessionReport, SessionState
from simulator.mqtt.delivery import Delivery
from simulator.mqtt.features import Features
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.plain_paho import PlainPaho

__all__ = [
    "ConnectionCounts",
    "Delivery",
    "DeliveryOptions",
    "Features",
    "PlainPaho",
    "SessionReport",
    "SessionState",
    "Transport",
    "descriptor_room",
    "require_descriptors",
]
