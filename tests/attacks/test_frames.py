"""What attacks write over raw connections is what the delivery side writes for devices, where it is right."""

from __future__ import annotations

import pytest

from simulator.attacks import frames
from simulator.core.actions import Connect, Will
from simulator.core.endpoint import Endpoint, Protocol
from simulator.mqtt import DeliveryOptions
from simulator.mqtt.codec import ConnectPacket, PublishPacket, SubscribePacket, Subscription, encode
from simulator.mqtt.fast_link import connect_packet

TOPIC = "fleet/n0/wearable/k0cz0mty6n3w/heart_rate"
HELLO = Connect(0.0, "k0cz0mty6n3w", keep_alive=60, clean=True, will=Will(TOPIC, b"{}", qos=1, retain=True))


def connect(protocol: Protocol) -> ConnectPacket:
    endpoint = Endpoint("localhost", "127.0.0.1", 1883, protocol)
    return connect_packet(protocol, DeliveryOptions().hello(HELLO, endpoint))


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_publish_and_subscribe(protocol: Protocol, qos: int) -> None:
    modern = protocol is Protocol.MQTT_5
    publish = PublishPacket(TOPIC, b"payload", qos=qos, packet_id=7 if qos else 0)
    assert frames.publish(TOPIC, b"payload", qos, 7, modern) == encode(publish, protocol)
    subscribe = SubscribePacket(7, (Subscription(TOPIC, 1),))
    assert frames.subscribe(TOPIC, 7, modern) == encode(subscribe, protocol)


def test_connect() -> None:
    assert frames.connect(HELLO, modern=False) == encode(connect(Protocol.MQTT_311), Protocol.MQTT_311)
