"""Sessions on the embedded broker, within its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from mqtt_fakes import GOOD_END, connect, drop, message, subscribe
from watched import Watched
from witness import Witness

from simulator.broker import EmbeddedBroker
from simulator.core.actions import Connect, Publish, Will
from simulator.core.endpoint import Protocol
from simulator.core.records import Outcome

Deliver = Callable[..., Watched]
BOTH = pytest.mark.parametrize("protocol", list(Protocol))


@BOTH
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_the_embedded_broker_hands_on_exactly_what_it_acknowledged(
    embedded: EmbeddedBroker, deliver: Deliver, protocol: Protocol, qos: int
) -> None:
    devices = [f"d{number}" for number in range(10)]
    # A newcomer may watch with any client: the subscriber speaks the version that the devices do not.
    other = next(version for version in Protocol if version is not protocol)
    with Witness(embedded.endpoint(other), "fleet/#", qos) as witness:
        watched = deliver(embedded.endpoint(protocol))
        watched.submit(*(connect(device) for device in devices))
        for number in range(1_000):
            device = devices[number % 10]
            payload = b"m%d" % number
            watched.submit(
                Publish(0.0, device, f"m{number}", "wearable", "steps", f"fleet/{device}", payload, qos)
            )
        watched.delivery.finish(10.0)
        received = witness.wait_for(1_000)
    assert watched.counts() == {GOOD_END[qos]: 1_000}
    assert Counter(payload.decode() for payload in received) == Counter(list(watched.outcomes))


@BOTH
def test_commands_and_wills_work_on_the_embedded_broker(
    embedded: EmbeddedBroker, deliver: Deliver, protocol: Protocol
) -> None:
    endpoint = embedded.endpoint(protocol)
    watched = deliver(endpoint)
    watched.submit(Connect(0.0, "d", 60, True, Will("wills/d", b"gone", 1)), subscribe("d/command"))
    watched.until(lambda: watched.delivery.settled)
    watched.submit(message(1))
    watched.until(lambda: "m1" in watched.outcomes)  # the SUBSCRIBE before it was read
    with Witness(endpoint, "wills/#", 1) as witness:
        witness.client.publish("d/command", b"mute", 1)
        watched.until(lambda: bool(watched.heard))
        watched.submit(drop("d"))
        assert witness.wait_for(1) == [b"gone"]
    assert watched.heard == [("d", "d/command", b"mute")]


def test_payloads_beyond_the_brokers_own_default_pass(embedded: EmbeddedBroker, deliver: Deliver) -> None:
    payload = bytes(500_000)
    endpoint = embedded.endpoint(Protocol.MQTT_311)
    with Witness(endpoint, "fleet/#", 1) as witness:
        watched = deliver(endpoint)
        watched.submit(connect(), message(1, payload=payload))
        watched.delivery.finish(10.0)
        assert witness.wait_for(1) == [payload]
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 1}
