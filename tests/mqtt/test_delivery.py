"""Sessions on a real Mosquitto, with witnesses that know nothing of them."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from mqtt_fakes import GOOD_END, connect, disconnect, drop, message, subscribe
from watched import Watched
from witness import Witness

from simulator.broker import LocalMosquitto
from simulator.core.actions import Connect, Publish, Raw, Subscribe, Will
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import RunFailedError
from simulator.core.records import Outcome
from simulator.mqtt import SessionState
from simulator.mqtt.reasons import Cause

Deliver = Callable[..., Watched]
BOTH = pytest.mark.parametrize("protocol", list(Protocol))


def numbered(number: int, qos: int, device: str) -> Publish:
    """A message whose payload is its id, for a witness to read."""
    return Publish(0.0, device, f"m{number}", "wearable", "steps", f"fleet/{device}", b"m%d" % number, qos)


@BOTH
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_a_witness_receives_exactly_what_the_broker_has(
    mosquitto: LocalMosquitto, deliver: Deliver, protocol: Protocol, qos: int
) -> None:
    endpoint = mosquitto.endpoint(protocol)
    devices = [f"d{number}" for number in range(20)]
    with Witness(endpoint, "fleet/#") as witness:
        watched = deliver(endpoint, session_queue=2_000)
        watched.submit(*(connect(device) for device in devices))
        for number in range(2_000):
            watched.submit(numbered(number, qos, devices[number % 20]))
            if number % 100 == 0:
                watched.delivery.poll(0)
        watched.delivery.finish(10.0)
        received = witness.wait_for(2_000)
    assert watched.counts() == {GOOD_END[qos]: 2_000}
    assert Counter(payload.decode() for payload in received) == Counter(list(watched.outcomes))
    for delivered in watched.outcomes.values():
        assert delivered.sent is not None
        assert delivered.acked is not None
        assert delivered.due <= delivered.sent <= delivered.acked
        assert (delivered.attempts, delivered.reason) == (1, None)


def test_a_loop_whose_descriptor_is_beyond_what_select_takes_waits_and_delivers_all_the_same(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    with ExitStack() as before:
        for _ in range(1_024):
            before.callback(os.close, os.dup(0))
        watched = deliver(mosquitto.endpoint(Protocol.MQTT_311))
        watched.submit(connect("d0"), numbered(0, 1, "d0"))
        watched.delivery.finish(10.0)
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 1}


@pytest.mark.parametrize("persistence", [False, True])
@pytest.mark.parametrize("qos", [1, 2])
def test_a_killed_and_restarted_broker_loses_no_message_of_qos_1_and_2(
    deliver: Deliver, qos: int, persistence: bool
) -> None:
    with LocalMosquitto(persistence=persistence) as mosquitto:
        endpoint = mosquitto.endpoint(Protocol.MQTT_5)
        watched = deliver(endpoint, session_queue=5_000, backoff_first=0.2, backoff_cap=0.5)
        devices = [f"d{number}" for number in range(20)]
        watched.submit(*(connect(device, clean=not persistence) for device in devices))
        watched.until(lambda: watched.delivery.settled)
        for number in range(3_000):
            watched.submit(numbered(number, qos, devices[number % 20]))
        watched.until(lambda: len(watched.outcomes) > 500)
        mosquitto.kill()
        watched.until(lambda: watched.delivery.connections.now_connected == 0)
        before = set(watched.outcomes)
        mosquitto.start()
        with Witness(endpoint, "fleet/#") as witness:
            watched.delivery.finish(20.0)
            after = {identity.encode() for identity in watched.outcomes.keys() - before}
            witness.wait(lambda: after <= set(witness.payloads))
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 3_000}
    counts = watched.delivery.connections
    assert (counts.asked, counts.reached, counts.lost, counts.reconnected) == (20, 20, 20, 20)
    again_sent = sum(delivered.attempts > 1 for delivered in watched.outcomes.values())
    assert 0 < again_sent <= 20 * 20  # at most the windows


def test_broken_connections_duplicate_no_qos_2_message_of_a_session_that_the_broker_keeps(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    with Witness(endpoint, "fleet/#") as witness:
        watched = deliver(endpoint, session_queue=2_000, backoff_first=0.02, backoff_cap=0.02)
        watched.submit(connect(clean=False))
        watched.submit(*(numbered(number, 2, "d") for number in range(1_000)))
        for breaks in range(1, 6):
            watched.until(lambda: len(watched.outcomes) > 150 * breaks)  # noqa: B023
            watched.break_connections()
        watched.delivery.finish(10.0)
        received = witness.wait_for(1_000)
    assert watched.delivery.connections.reconnected == 5
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 1_000}
    assert Counter(payload.decode() for payload in received) == Counter(list(watched.outcomes))


def test_a_killed_broker_leaves_every_qos_0_message_received_lost_or_dropped(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_311), session_queue=10, backoff_first=60.0)
    watched.submit(connect())
    watched.until(lambda: watched.delivery.settled)
    watched.submit(*(message(number, qos=0) for number in range(250)))
    watched.until(lambda: watched.counts().get(Outcome.RECEIVED, 0) >= 200)
    mosquitto.kill()
    watched.until(lambda: watched.delivery.connections.lost == 1)
    watched.submit(*(message(number, qos=0) for number in range(250, 300)))
    watched.delivery.finish(0.1)
    assert watched.counts() == {Outcome.RECEIVED: 200, Outcome.LOST: 50, Outcome.DROPPED: 50}
    reasons = Counter(each.reason for each in watched.outcomes.values() if each.outcome is Outcome.DROPPED)
    assert reasons[Cause.SESSION_QUEUE_FULL] == 40


@BOTH
def test_the_broker_publishes_the_will_of_a_device_that_drops_and_of_no_other(
    mosquitto: LocalMosquitto, deliver: Deliver, protocol: Protocol
) -> None:
    endpoint = mosquitto.endpoint(protocol)
    with Witness(endpoint, "wills/#") as witness:
        watched = deliver(endpoint)
        for device in ("leaves", "drops"):
            watched.submit(Connect(0.0, device, 60, True, Will(f"wills/{device}", device.encode(), 1)))
        watched.until(lambda: watched.delivery.settled)
        watched.submit(disconnect("leaves"))
        watched.until(lambda: watched.delivery.connections.now_connected == 1)
        watched.submit(drop("drops"))
        assert witness.wait_for(1) == [b"drops"]
        watched.delivery.finish(5.0)
    assert watched.delivery.connections.lost == 0


@BOTH
def test_a_stranger_with_the_same_client_id_takes_the_session_over(
    mosquitto: LocalMosquitto, deliver: Deliver, protocol: Protocol
) -> None:
    endpoint = mosquitto.endpoint(protocol)
    watched = deliver(endpoint, backoff_first=60.0, backoff_cap=60.0)
    watched.submit(connect("twin"))
    watched.until(lambda: watched.delivery.settled)
    with Witness(endpoint, "any", client_id="twin"):
        watched.until(lambda: watched.delivery.connections.lost == 1)
        [report] = watched.delivery.sessions()
    assert report.state is SessionState.BACKING_OFF
    # An MQTT 5 broker may say so; Mosquitto 2.0 closes the connection without a word.
    assert report.reason in ("session taken over (0x8e)", Cause.CLOSED_BY_BROKER)


@BOTH
def test_a_device_hears_its_commands_also_after_a_reconnect(
    mosquitto: LocalMosquitto, deliver: Deliver, protocol: Protocol
) -> None:
    endpoint = mosquitto.endpoint(protocol)
    watched = deliver(endpoint, backoff_first=0.1)
    watched.submit(connect(), subscribe("d/command"))
    watched.until(lambda: watched.delivery.settled)
    with Witness(endpoint, "d/command") as controller:
        controller.client.publish("d/command", b"mute", 1)
        watched.until(lambda: len(watched.heard) == 1)
    mosquitto.kill()
    watched.until(lambda: watched.delivery.connections.lost == 1)
    mosquitto.start()
    watched.until(lambda: watched.delivery.connections.reconnected == 1)
    with Witness(endpoint, "d/command") as controller:
        # The SUBSCRIBE went out right after the CONNACK; a ping of the device's would prove it was read.
        watched.submit(message(1, qos=1))
        watched.until(lambda: "m1" in watched.outcomes)
        controller.client.publish("d/command", b"unmute", 1)
        watched.until(lambda: len(watched.heard) == 2)
    assert watched.heard == [("d", "d/command", b"mute"), ("d", "d/command", b"unmute")]


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_a_device_hears_commands_of_every_qos_without_anything_to_send(
    mosquitto: LocalMosquitto, deliver: Deliver, qos: int
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    watched = deliver(endpoint)
    watched.submit(connect(), Subscribe(0.0, "d", "d/command", qos), message(1))
    watched.until(lambda: "m1" in watched.outcomes)
    with Witness(endpoint, "nothing") as controller:
        for number in range(50):
            controller.client.publish("d/command", b"%d" % number, qos)
        watched.until(lambda: len(watched.heard) == 50)
    assert watched.heard == [("d", "d/command", b"%d" % number) for number in range(50)]


@BOTH
def test_a_broker_that_wants_a_password_refuses_for_good(deliver: Deliver, protocol: Protocol) -> None:
    with LocalMosquitto(extra="allow_anonymous false") as mosquitto:
        watched = deliver(mosquitto.endpoint(protocol))
        watched.submit(connect(), message(1))
        watched.until(lambda: watched.delivery.settled)
        [report] = watched.delivery.sessions()
        watched.delivery.finish(5.0)
    assert (report.state, report.reason, report.attempts) == (
        SessionState.REFUSED,
        "not authorized (0x87)",
        1,
    )
    assert watched.outcomes["m1"].outcome is Outcome.DROPPED
    assert watched.outcomes["m1"].reason == "not authorized (0x87)"
    assert watched.delivery.connections.refused == 1


def test_a_message_that_the_broker_does_not_allow_is_refused_with_its_reason(
    deliver: Deliver, tmp_path: Path
) -> None:
    acl = tmp_path / "acl"
    acl.write_text("topic write fleet/allowed\n")
    acl.chmod(0o600)
    with LocalMosquitto(extra=f"acl_file {acl}") as mosquitto:
        watched = deliver(mosquitto.endpoint(Protocol.MQTT_5))
        watched.submit(connect("allowed"), connect("denied"))
        for number, device in enumerate(["allowed", "denied"] * 2):
            watched.submit(message(number, qos=1 + number // 2, device=device))
        watched.delivery.finish(5.0)
    assert watched.ids(Outcome.ACKNOWLEDGED) == {"m0", "m2"}
    refused = {watched.outcomes[identity].reason for identity in ("m1", "m3")}
    assert refused == {"not authorized (0x87)"}


def test_overflow_is_dropped_and_all_else_arrives(mosquitto: LocalMosquitto, deliver: Deliver) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_5), session_queue=100, window=20)
    watched.submit(connect(), *(message(number) for number in range(1_000)))
    assert watched.delivery.queued == 100
    watched.delivery.finish(10.0)
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 100, Outcome.DROPPED: 900}
    assert (watched.delivery.queued, watched.delivery.in_flight) == (0, 0)


def test_a_large_payload_arrives_whole(mosquitto: LocalMosquitto, deliver: Deliver) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    payload = bytes(range(256)) * 8_000
    with Witness(endpoint, "fleet/#") as witness:
        watched = deliver(endpoint)
        watched.submit(connect(), message(1, qos=0, payload=payload), message(2, payload=payload))
        watched.delivery.finish(20.0)
        assert witness.wait_for(2) == [payload, payload]
    assert watched.counts() == {Outcome.RECEIVED: 1, Outcome.ACKNOWLEDGED: 1}


def test_two_thousand_connections_are_reached_and_held(mosquitto: LocalMosquitto, deliver: Deliver) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_311))
    watched.submit(*(connect(f"d{number}", keep_alive=1) for number in range(2_000)))
    watched.until(lambda: watched.delivery.settled)
    assert watched.delivery.connections.now_connected == 2_000
    end = watched.delivery.clock() + 3.0  # twice what the broker grants to a client that does not ping
    watched.until(lambda: watched.delivery.clock() > end)
    counts = watched.delivery.connections
    assert (counts.reached, counts.now_connected, counts.lost) == (2_000, 2_000, 0)
    assert list(watched.delivery.sessions()) == []
    watched.delivery.finish(10.0)
    assert watched.delivery.connections.lost == 0


def test_no_more_connections_are_in_progress_than_the_window_allows(deliver: Deliver) -> None:
    # A listener that accepts nothing and answers nothing: whoever dials it stays in progress.
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        endpoint = Endpoint("127.0.0.1", "127.0.0.1", silent.getsockname()[1], Protocol.MQTT_5)
        watched = deliver(endpoint, connecting=5, connect_timeout=60.0)
        watched.submit(*(connect(f"d{number}") for number in range(50)))
        for _ in range(20):
            watched.delivery.poll(0)
        states = Counter(report.state for report in watched.delivery.sessions())
        assert states == {SessionState.CONNECTING: 5, SessionState.IDLE: 45}
        assert not watched.delivery.settled


def test_a_broker_that_is_not_there_settles_and_says_so(deliver: Deliver) -> None:
    with LocalMosquitto() as mosquitto:
        endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    watched = deliver(endpoint, backoff_first=60.0, backoff_cap=60.0)
    watched.submit(connect(), message(1))
    watched.until(lambda: watched.delivery.settled)
    [report] = watched.delivery.sessions()
    assert (report.state, report.reason, report.connected_at) == (
        SessionState.BACKING_OFF,
        "Connection refused",
        None,
    )
    watched.delivery.finish(0.1)
    assert watched.outcomes["m1"].outcome is Outcome.DROPPED
    assert [each.reason for each in watched.delivery.sessions()] == ["Connection refused"]


def test_an_abort_accounts_for_everything_at_once(mosquitto: LocalMosquitto, deliver: Deliver) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_5))
    watched.submit(connect())
    watched.until(lambda: watched.delivery.settled)
    watched.submit(*(message(number) for number in range(50)))
    watched.delivery.abort()
    assert len(watched.outcomes) == 50
    assert set(watched.counts()) <= {Outcome.LOST, Outcome.DROPPED}
    assert watched.delivery.connections.now_connected == 0


def test_a_device_that_never_connected_cannot_publish(mosquitto: LocalMosquitto, deliver: Deliver) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_5))
    watched.submit(message(1))
    assert watched.outcomes["m1"].reason == Cause.NO_SESSION


def test_raw_bytes_and_anything_after_the_end_are_errors(mosquitto: LocalMosquitto, deliver: Deliver) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_5))
    with pytest.raises(RunFailedError, match="raw bytes"):
        watched.submit(Raw(0.0, "d", b"\x00"))
    watched.delivery.finish(1.0)
    watched.delivery.finish(1.0)
    with pytest.raises(RunFailedError, match="after the end"):
        watched.submit(message(1))
