"""How connections are opened: so many a second, from one source address after the other."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mqtt_fakes import connect, message
from watched import Watched

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import RunFailedError
from simulator.core.records import Outcome
from simulator.mqtt import Delivery, DeliveryOptions
from simulator.mqtt.dialler import Dialler

Deliver = Callable[..., Watched]

IP_BIND_ADDRESS_NO_PORT = 24
"""Of Linux; the socket module has a name for it from Python 3.12 on."""


@pytest.fixture(scope="module")
def listener() -> Iterator[Endpoint]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        yield Endpoint("localhost", "127.0.0.1", server.getsockname()[1], Protocol.MQTT_311)


def moments_of(dialler: Dialler, asked: list[float]) -> list[float]:
    """Return when it dialled, if it was asked at those moments, and at each as often as it would."""
    dialled = []
    for now in asked:
        while dialler.wait(now) == 0:
            dialler.dial(now).close()
            dialled.append(now)
    return dialled


# How many a second


@given(
    rate=st.floats(min_value=1, max_value=60),
    pauses=st.lists(st.floats(min_value=0, max_value=0.3), min_size=1, max_size=40),
)
def test_no_more_are_opened_than_the_rate_allows(
    listener: Endpoint, rate: float, pauses: list[float]
) -> None:
    asked = [sum(pauses[:count]) for count in range(len(pauses) + 1)]
    dialled = moments_of(Dialler(listener, rate), asked)
    assert dialled[0] == 0
    # Between any two of them lie as many as fit there, and what a tenth of a second may make up for.
    for first, start in enumerate(dialled):
        for last in range(first, len(dialled)):
            assert last - first <= (dialled[last] - start + 0.1) * rate + 1e-6


@given(rate=st.integers(1, 60), seconds=st.integers(1, 3))
def test_a_loop_that_turns_often_enough_opens_exactly_the_rate(
    listener: Endpoint, rate: int, seconds: int
) -> None:
    asked = [turn / 64 for turn in range(seconds * 64)]
    dialled = moments_of(Dialler(listener, rate), asked)
    assert len(dialled) == rate * seconds


def test_a_pause_is_no_reason_for_a_storm(listener: Endpoint) -> None:
    assert moments_of(Dialler(listener, 10), [0.0, 60.0, 60.05]) == [0.0, 60.0]


def test_without_a_rate_nobody_waits(listener: Endpoint) -> None:
    dialler = Dialler(listener)
    for _ in range(20):
        assert dialler.wait(0.0) == 0
        dialler.dial(0.0).close()


class SteppedClock:
    """Time passes only while the delivery waits, exactly as long as it meant to."""

    def __init__(self, endpoint: Endpoint, **options: Any) -> None:
        self.now = 0.0
        self.delivery = Delivery(
            endpoint,
            DeliveryOptions(**options),
            clock=lambda: self.now,
            on_outcome=lambda _publish, _delivered: None,
            on_message=lambda _device, _topic, _payload: None,
        )
        self._ready = self.delivery._loop._ready
        self.delivery._loop._ready = self.wait  # type: ignore[method-assign]

    def wait(self, timeout: float) -> Any:
        self.now += timeout
        return self._ready(0.0)


def test_the_loop_wakes_when_the_next_connection_may_be_opened(listener: Endpoint) -> None:
    stepped = SteppedClock(listener, connect_rate=4)
    for number in range(6):
        stepped.delivery.submit(connect(f"d{number}"), 0.0)
    opened = []
    while len(stepped.delivery._loop._connections) < 6:
        stepped.delivery.poll(60.0)
        opened.append((stepped.now, len(stepped.delivery._loop._connections)))
    assert opened == [(0.25, 2), (0.5, 3), (0.75, 4), (1.0, 5), (1.25, 6)]
    stepped.delivery.abort()


def test_a_fleet_connects_at_the_rate_and_a_full_window_still_holds_it(listener: Endpoint) -> None:
    stepped = SteppedClock(listener, connect_rate=100, connecting=3, connect_timeout=60.0)
    for number in range(6):
        stepped.delivery.submit(connect(f"d{number}"), 0.0)
    for _ in range(10):
        stepped.delivery.poll(1.0)
    assert len(stepped.delivery._loop._connections) == 3
    stepped.delivery.abort()


# From which address


def sources(watched: Watched) -> Counter[str]:
    return Counter(each.socket.getsockname()[0] for each in watched.delivery._loop._connections.values())


def test_connections_come_from_each_source_address_in_turn(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    watched = deliver(
        mosquitto.endpoint(Protocol.MQTT_311), source_addresses=("127.0.0.2", "127.0.0.3", "127.0.0.77")
    )
    devices = [f"d{number}" for number in range(30)]
    watched.submit(*(connect(device) for device in devices))
    watched.until(lambda: watched.delivery.connections.now_connected == 30)
    assert sources(watched) == {"127.0.0.2": 10, "127.0.0.3": 10, "127.0.0.77": 10}
    watched.submit(*(message(number, device=device) for number, device in enumerate(devices)))
    watched.delivery.finish(10.0)
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 30}


def test_source_addresses_at_a_connect_rate_with_a_real_broker(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    watched = deliver(
        mosquitto.endpoint(Protocol.MQTT_5), source_addresses=("127.0.0.2", "127.0.0.3"), connect_rate=500
    )
    watched.submit(*(connect(f"d{number}") for number in range(20)))
    watched.until(lambda: watched.delivery.settled)
    assert sources(watched) == {"127.0.0.2": 10, "127.0.0.3": 10}


def test_the_port_is_left_to_the_connect(listener: Endpoint) -> None:
    """A port that bind takes is taken for every broker; one that connect takes, for this one alone."""
    with Dialler(listener, sources=("127.0.0.9",)).dial(0.0) as sock:
        assert sock.getsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) == 1
        assert sock.getsockname()[1] > 0


@pytest.mark.parametrize("address", ["::1", "192.0.2.1"])
def test_loopback_sources_reach_no_broker_elsewhere(address: str) -> None:
    with pytest.raises(RunFailedError, match=f"not {address}; leave mqtt.source_addresses out"):
        Dialler(Endpoint("broker", address, 1883, Protocol.MQTT_5), sources=("127.0.0.2",))


def test_an_address_that_the_machine_does_not_have_is_the_sessions_trouble(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    watched = deliver(mosquitto.endpoint(Protocol.MQTT_5), source_addresses=("192.0.2.1",))
    watched.submit(connect())
    watched.until(lambda: watched.delivery.settled)
    (report,) = watched.delivery.sessions()
    assert report.reason == "Cannot assign requested address"
