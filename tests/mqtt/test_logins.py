"""Logins: asked for at every connect, and renewed before they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mqtt_fakes import GOOD_END, FakeLoop, connect, message, said
from watched import Watched

from simulator.broker import LocalMosquitto
from simulator.core.actions import Connect, Disconnect, Publish
from simulator.core.credentials import Login
from simulator.core.endpoint import Protocol
from simulator.core.records import Outcome


def test_every_connect_asks_for_the_login_anew() -> None:
    loop = FakeLoop(logins=iter([Login("d", "first"), Login("d", "second")]))
    session = loop.session()
    session.connect(connect())
    loop.arrive(session)
    loop.lose(session)
    loop.pass_time(60.0)
    loop.arrive(session)
    assert [word for word in said(session).said if "CONNECT" in word] == ["CONNECT first", "CONNECT second"]


def test_a_login_that_ends_is_renewed_in_order_with_nothing_lost() -> None:
    loop = FakeLoop(logins=iter([Login("d", "first", renew_after=100.0), Login("d", "second")]))
    session = loop.session()
    session.connect(connect(keep_alive=0))
    loop.arrive(session)
    loop.pass_time(99.0)
    assert said(session).said == ["CONNECT first"]
    session.publish(message(1), loop.now)
    loop.take(session)
    loop.pass_time(1.0)
    session.publish(message(2), loop.now)
    assert said(session).said[1:] == ["PUBLISH 1"], "it stays until what is in flight has arrived"
    session.acknowledged(1, 0)
    assert said(session).said[2:] == ["DISCONNECT"]
    loop.lose(session)
    loop.arrive(session)
    session.acknowledged(2, 0)
    assert said(session).said == ["CONNECT second", "PUBLISH 2"]
    assert [each.outcome for each in loop.outcomes] == [Outcome.ACKNOWLEDGED, Outcome.ACKNOWLEDGED]
    assert (loop.tally.lost, loop.tally.connected, loop.tally.reached) == (0, 1, 2)


def test_a_login_is_not_renewed_when_the_device_is_about_to_leave() -> None:
    loop = FakeLoop(logins=iter([Login("d", "first", renew_after=100.0)]))
    session = loop.session()
    session.connect(connect(keep_alive=0))
    loop.arrive(session)
    session.publish(message(1), 0.0)
    loop.take(session)
    session.disconnect(Disconnect(0.0, "d"))
    loop.pass_time(100.0)
    session.acknowledged(1, 0)
    loop.lose(session)
    assert said(session).said == ["CONNECT first", "PUBLISH 1", "DISCONNECT"]
    assert loop.dialled == 1


class Renewing:
    """Gives a login that holds for a short time; Mosquitto without a password file takes any."""

    def __init__(self) -> None:
        self.asked = 0

    def login(self, device: str) -> Login:
        self.asked += 1
        return Login(device, f"token {self.asked}", renew_after=0.05)

    def ssl_context(self, device: str) -> Any:
        raise NotImplementedError

    def require(self, devices: Any) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_renewals_in_the_middle_of_a_stream_lose_nothing(
    deliver: Callable[..., Watched], mosquitto: LocalMosquitto, protocol: Protocol, qos: int
) -> None:
    source = Renewing()
    watched = deliver(mosquitto.endpoint(protocol), credentials=source)
    watched.delivery.submit(Connect(0.0, "d", 60, clean=True), 0.0)
    sent = 0
    while source.asked < 3:
        watched.delivery.submit(Publish(0.0, "d", f"m{sent}", "k", "e", "a/b", b"{}", qos), 0.0)
        sent += 1
        watched.delivery.poll(0.005)
    watched.delivery.finish(10.0)
    assert watched.ids(GOOD_END[qos]) == {f"m{number}" for number in range(sent)}
    assert watched.delivery.connections.lost == 0
