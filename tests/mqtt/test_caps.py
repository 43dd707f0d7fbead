"""Hard caps: what is beyond them is dropped with the cap as its reason, counted, and never sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mqtt_fakes import connect, disconnect, message
from watched import Watched
from witness import Witness

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Protocol
from simulator.core.errors import UsageError
from simulator.core.limits import BEYOND, ON_THIS_MACHINE, Limits
from simulator.core.records import Outcome
from simulator.mqtt import SessionState
from simulator.mqtt.caps import Caps
from simulator.mqtt.reasons import Cause

Deliver = Callable[..., Watched]

LIMITS = Limits(connections=3, bytes_per_second=1_000, payload_bytes=200)


@given(
    steps=st.lists(st.tuples(st.floats(0, 2), st.integers(0, 250)), max_size=200),
    limits=st.builds(
        Limits,
        connections=st.just(1),
        bytes_per_second=st.integers(1, 2_000),
        payload_bytes=st.integers(1, 200),
    ),
)
def test_over_any_time_no_more_bytes_are_admitted_than_the_rate_and_one_burst(
    steps: list[tuple[float, int]], limits: Limits
) -> None:
    caps = Caps(limits)
    burst = max(limits.bytes_per_second, 2 * limits.payload_bytes)
    now = 0.0
    admitted: list[tuple[float, int]] = []
    for pause, size in steps:
        now += pause
        caps.refill(now)
        cause = caps.beyond("", b"x" * size)
        if cause is None:
            admitted.append((now, size))
        assert (cause is Cause.PAYLOAD_CAP) == (size > limits.payload_bytes)
    for first, (start, _) in enumerate(admitted):
        taken = 0
        for moment, size in admitted[first:]:
            taken += size
            assert taken <= burst + (moment - start) * limits.bytes_per_second + 1e-6
    assert sum(caps.held_back.values()) == len(steps) - len(admitted)


def test_a_load_that_waits_when_told_to_loses_nothing() -> None:
    caps = Caps(LIMITS)
    now = 0.0
    for _ in range(100):
        while caps.low:
            now += 0.01
            caps.refill(now)
        assert caps.beyond("t" * 50, b"x" * 150) is None
    assert now == pytest.approx(100 * 200 / 1_000, rel=0.1)


def test_a_topic_counts_too() -> None:
    caps = Caps(LIMITS)
    assert [caps.beyond("t" * 400, b"x" * 100) for _ in range(3)] == [None, None, Cause.RATE_CAP]


def test_payloads_and_bytes_beyond_the_caps_are_dropped_with_their_reason_and_never_sent(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    with Witness(endpoint, "fleet/#") as witness:
        watched = deliver(endpoint, limits=LIMITS)
        watched.submit(connect())
        watched.submit(*(message(number, payload=b"x" * 190) for number in range(8)))
        watched.submit(*(message(number, payload=b"x" * 201) for number in range(8, 10)))
        watched.delivery.finish(5.0)
        assert len(witness.wait_for(5)) == 5
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 5, Outcome.DROPPED: 5}
    reasons = Counter(each.reason for each in watched.outcomes.values() if each.reason)
    assert reasons == {Cause.RATE_CAP: 3, Cause.PAYLOAD_CAP: 2}
    assert watched.delivery.held_back == reasons


def test_a_device_beyond_the_cap_on_connections_never_connects_until_another_has_left(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_5), limits=LIMITS)
    watched.submit(*(connect(f"d{number}") for number in range(5)))
    watched.submit(message(1, device="d4"))
    watched.until(lambda: watched.delivery.settled)
    counts = watched.delivery.connections
    assert (counts.asked, counts.reached, counts.refused) == (5, 3, 0)
    assert {report.device for report in watched.delivery.sessions()} == {"d3", "d4"}
    assert all(report.state is SessionState.REFUSED for report in watched.delivery.sessions())
    assert watched.outcomes["m1"].reason == Cause.CONNECTION_CAP
    assert watched.delivery.held_back == {Cause.CONNECTION_CAP: 2}
    watched.submit(disconnect("d0"))
    watched.until(lambda: watched.delivery.connections.now_connected == 2)
    watched.submit(connect("d4"), message(2, device="d4"))
    watched.until(lambda: "m2" in watched.outcomes)
    assert watched.outcomes["m2"].outcome is Outcome.ACKNOWLEDGED
    watched.delivery.finish(5.0)


def test_the_caps_beyond_this_machine_are_the_lower_ones_and_a_shard_has_its_share() -> None:
    assert BEYOND.connections < ON_THIS_MACHINE.connections
    assert BEYOND.bytes_per_second < ON_THIS_MACHINE.bytes_per_second
    assert BEYOND.payload_bytes < ON_THIS_MACHINE.payload_bytes
    assert LIMITS.share(0.5) == Limits(connections=1, bytes_per_second=500, payload_bytes=200)
    assert LIMITS.share(0.0001).bytes_per_second == 1


def test_limits_are_changed_by_name() -> None:
    assert LIMITS.changed({"connections": 7}).connections == 7
    with pytest.raises(UsageError, match="did you mean 'connections'"):
        LIMITS.changed({"conections": 7})
    with pytest.raises(UsageError, match="at least 1"):
        LIMITS.changed({"payload_bytes": 0})
