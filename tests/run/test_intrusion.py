"""Outsiders share the caps of a run with its fleet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.core.limits import Limits
from simulator.intrusion import MOST, shared
from simulator.mqtt import DeliveryOptions, Features


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
