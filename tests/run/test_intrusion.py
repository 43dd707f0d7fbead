"""Outsiders share the caps of a run with its fleet, and say what its devices say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.actions import Connect, Will
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.limits import Limits
from simulator.intrusion import MOST, shared
from simulator.mqtt import DeliveryOptions, Features
from simulator.mqtt.codec import encode
from simulator.mqtt.fast_link import connect_packet


@given(
    connections=st.integers(1, 300_000),
    rate=st.integers(1, 3_000_000_000),
    payload=st.integers(1, 16_777_216),
    needed=st.integers(0, 300_000),
)
def test_both_together_keep_to_the_caps(connections: int, rate: int, payload: int, needed: int) -> None:
    limits = Limits(connections, rate, payload)
    fleet, outsiders = shared(DeliveryOptions(limits=limits), needed)
    assert fleet.limits.connections + outsiders.limits.connections == connections
    assert fleet.limits.bytes_per_second + outsiders.limits.bytes_per_second == rate
    assert fleet.limits.connections >= min(needed, connections)
    assert fleet.limits.payload_bytes == payload
    assert outsiders.limits.connections <= MOST.connections
    assert outsiders.limits.bytes_per_second <= MOST.bytes_per_second


def test_no_session_of_theirs_is_kept() -> None:
    options = DeliveryOptions(session_expiry=3_600, features=Features(session_expiry=3_600, will_delay=5))
    fleet, outsiders = shared(options, 10)
    assert fleet.features == options.features
    assert outsiders.session_expiry == outsiders.features.session_expiry == 0
    assert outsiders.detailed
    assert not fleet.detailed


@pytest.mark.parametrize("protocol", Protocol)
def test_a_connect_of_theirs_is_a_devices_to_the_last_byte(protocol: Protocol) -> None:
    """Raw connections and sessions alike; nothing that a broker reads tells of who it is."""
    endpoint = Endpoint("localhost", "127.0.0.1", 1883, protocol)
    features = Features(will_delay=5, user_properties=(("region", "south"),))
    connect = Connect(0.0, "k0cz0mty6n3w", 60, clean=True, will=Will("fleet/offline", b"{}"))
    first, second = (
        encode(connect_packet(protocol, of.hello(connect, endpoint)), protocol)
        for of in shared(DeliveryOptions(features=features), 10, protocol)
    )
    assert first == second
