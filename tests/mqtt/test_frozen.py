"""Connections that are left alone: half open, or with a device that does not read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest
from mqtt_fakes import FakeLoop, connect, drop, message, said, subscribe
from watched import Watched
from witness import Witness

from simulator.broker import LocalMosquitto
from simulator.core.actions import Connect, Freeze, Publish, Thaw, Will
from simulator.core.endpoint import Protocol
from simulator.core.records import Outcome
from simulator.mqtt import SessionState
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.session import Session

Deliver = Callable[..., Watched]

FREEZE = Freeze(0.0, "d")
DEAFEN = Freeze(0.0, "d", writing=True)
THAW = Thaw(0.0, "d")


def connected(loop: FakeLoop, keep_alive: int = 60) -> Session:
    session = loop.session()
    session.connect(connect(keep_alive=keep_alive))
    loop.arrive(session)
    said(session).said.clear()
    return session


def numbered(number: int, qos: int = 1) -> Publish:
    return Publish(0.0, "d", f"m{number}", "wearable", "steps", "fleet/d", b"m%d" % number, qos)


# With a network and a clock that the test moves


def test_a_frozen_session_neither_pings_nor_loses_patience() -> None:
    loop = FakeLoop(DeliveryOptions(ping_timeout=5.0))
    session = connected(loop, keep_alive=10)
    session.freeze(FREEZE)
    loop.pass_time(1_000.0)
    assert said(session).said == []
    assert session.state is SessionState.CONNECTED


def test_a_deaf_session_pings_and_does_not_miss_the_answer() -> None:
    loop = FakeLoop(DeliveryOptions(ping_timeout=5.0))
    session = connected(loop, keep_alive=10)
    session.freeze(DEAFEN)
    loop.pass_time(10.0)
    loop.take(session)
    loop.pass_time(10.0)
    assert said(session).said == ["PINGREQ", "PINGREQ"]
    assert session.state is SessionState.CONNECTED


def test_the_patience_for_an_answer_begins_anew_with_the_thaw() -> None:
    loop = FakeLoop(DeliveryOptions(ping_timeout=5.0))
    session = connected(loop, keep_alive=10)
    session.freeze(DEAFEN)
    loop.pass_time(10.0)
    loop.pass_time(20.0)
    session.thaw()
    loop.pass_time(4.9)
    assert session.state is SessionState.CONNECTED
    loop.pass_time(0.2)
    assert session.state is SessionState.BACKING_OFF


def test_a_connection_that_was_closed_meanwhile_is_found_lost_by_the_thaw() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.freeze(FREEZE)
    loop.open = False
    assert session.state is SessionState.CONNECTED
    session.thaw()
    assert session.state is SessionState.BACKING_OFF
    assert loop.tally.lost == 1


def test_without_a_connection_there_is_nothing_to_freeze() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.freeze(FREEZE)
    session.connect(connect())
    session.freeze(FREEZE)
    assert not loop.frozen
    loop.arrive(session)
    assert session.state is SessionState.CONNECTED


def test_a_device_that_does_not_back_off_tries_again_after_the_same_time() -> None:
    loop = FakeLoop(DeliveryOptions(retry_every=0.1, backoff_first=60.0))
    session = loop.session()
    session.connect(Connect(0.0, "d", 60, clean=True, backoff=False))
    for attempt in range(1, 20):
        assert loop.dialled == attempt
        session.dialling()
        loop.lose(session, "refused")
        loop.pass_time(0.11)


# With a real broker


def attempts_without_a_broker(deliver: Deliver, backoff: bool) -> int:
    """Return how often twenty devices try to connect while their broker is away for two seconds."""
    with LocalMosquitto() as mosquitto:
        watched = deliver(mosquitto.endpoint(Protocol.MQTT_5), backoff_first=0.5, retry_every=0.05)
        watched.submit(*(Connect(0.0, f"d{n}", 60, clean=True, backoff=backoff) for n in range(20)))
        watched.until(lambda: watched.delivery.connections.now_connected == 20)
        mosquitto.kill()
        end = time.monotonic() + 2.0
        watched.until(lambda: time.monotonic() > end)
        attempts = sum(session.attempts for session in watched.delivery.sessions())
        mosquitto.start()
        watched.until(lambda: watched.delivery.connections.now_connected == 20)
        assert watched.delivery.connections.reconnected == 20
    return attempts


def test_without_backoff_a_fleet_storms_a_broker_that_is_away(deliver: Deliver) -> None:
    patient, impatient = (attempts_without_a_broker(deliver, backoff) for backoff in (True, False))
    assert impatient > 3 * patient


def test_a_half_open_connection_carries_nothing_and_all_of_it_afterwards(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    with Witness(endpoint, "fleet/#") as witness:
        watched = deliver(endpoint)
        watched.submit(connect("d"), numbered(0))
        watched.until(lambda: len(watched.outcomes) == 1)
        watched.submit(FREEZE, *(numbered(number, qos=number % 3) for number in range(1, 100)))
        watched.submit(
            connect("other"), Publish(0.0, "other", "o", "wearable", "steps", "fleet/other", b"o", 1)
        )
        watched.until(lambda: "o" in watched.outcomes)
        assert witness.wait_for(2) == [b"m0", b"o"]
        assert set(watched.outcomes) == {"m0", "o"}
        watched.submit(THAW)
        watched.until(lambda: len(watched.outcomes) == 101)
        received = witness.wait_for(101)
    assert Counter(received) == Counter({b"o": 1} | {b"m%d" % number: 1 for number in range(100)})
    assert watched.counts() == {Outcome.RECEIVED: 33, Outcome.ACKNOWLEDGED: 68}
    assert watched.delivery.connections.lost == 0


def test_the_broker_finds_out_about_a_half_open_connection_by_keep_alive(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    with Witness(endpoint, "wills/#") as witness:
        watched = deliver(endpoint)
        watched.submit(Connect(0.0, "d", 1, clean=True, will=Will("wills/d", b"gone", 1)), numbered(0))
        watched.until(lambda: len(watched.outcomes) == 1)
        watched.submit(FREEZE, numbered(1))
        watched.until(lambda: bool(witness.payloads))  # the will, after one and a half keep alive
        assert watched.delivery.connections.now_connected == 1
        watched.submit(THAW)
        watched.until(lambda: len(watched.outcomes) == 2)
    assert watched.outcomes["m1"].outcome is Outcome.ACKNOWLEDGED
    assert watched.delivery.connections.lost == watched.delivery.connections.reconnected == 1


def test_a_device_that_does_not_read_fills_its_window_and_no_more(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    with Witness(endpoint, "fleet/#") as witness:
        watched = deliver(endpoint, window=20)
        watched.submit(connect("d"), numbered(0))
        watched.until(lambda: len(watched.outcomes) == 1)
        watched.submit(DEAFEN, *(numbered(number) for number in range(1, 51)))
        watched.until(lambda: len(witness.payloads) >= 21)
        settle(watched)
        assert len(witness.payloads) == 21
        assert len(watched.outcomes) == 1
        watched.submit(THAW)
        watched.until(lambda: len(watched.outcomes) == 51)
        assert len(witness.wait_for(51)) == 51
    assert watched.delivery.connections.lost == 0


def test_a_device_that_does_not_read_hears_it_all_when_it_does(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    watched = deliver(endpoint)
    watched.submit(connect("d"), subscribe("d/command", "d"), numbered(0))
    watched.until(lambda: len(watched.outcomes) == 1)
    watched.submit(DEAFEN, connect("sender"))
    orders = [Publish(0.0, "sender", f"s{n}", "x", "x", "d/command", b"%d" % n, 1) for n in range(50)]
    watched.submit(*orders)
    watched.until(lambda: len(watched.outcomes) == 51)
    assert watched.heard == []
    watched.submit(THAW)
    watched.until(lambda: len(watched.heard) == 50)
    assert [payload for _, _, payload in watched.heard] == [b"%d" % n for n in range(50)]


@pytest.mark.parametrize("how", [FREEZE, DEAFEN])
def test_a_power_cut_ends_a_frozen_connection_too(
    mosquitto: LocalMosquitto, deliver: Deliver, how: Freeze
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_311)
    with Witness(endpoint, "wills/#") as witness:
        watched = deliver(endpoint)
        watched.submit(Connect(0.0, "d", 60, clean=True, will=Will("wills/d", b"gone", 1)), numbered(0))
        watched.until(lambda: len(watched.outcomes) == 1)
        watched.submit(how, drop("d"))
        assert witness.wait_for(1) == [b"gone"]
        watched.submit(connect("d"), message(1, device="d"))
        watched.until(lambda: len(watched.outcomes) == 2)


def test_the_end_of_the_run_thaws(mosquitto: LocalMosquitto, deliver: Deliver) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_5))
    watched.submit(connect("d"), numbered(0))
    watched.until(lambda: len(watched.outcomes) == 1)
    watched.submit(FREEZE, numbered(1))
    watched.delivery.finish(10.0)
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 2}


def settle(watched: Watched) -> None:
    """Give what must not happen the time of some turns to happen."""
    end = time.monotonic() + 0.3
    watched.until(lambda: time.monotonic() > end)
