"""The target guard at the moment of connecting. No packet can leave: the kernel's connect is a stand-in."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

import pytest
from mqtt_fakes import connect, message
from watched import Watched

from simulator.broker import resolve_target
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import ExitCode, TargetRefusedError
from simulator.core.records import Outcome

Deliver = Callable[..., Watched]


class FakeSocket:
    """A socket that nothing leaves; remembers where it was told to connect to."""

    dialled: list[tuple[Any, ...]]

    def __init__(self, *_kind: Any) -> None:
        pass

    def setblocking(self, flag: bool) -> None:
        assert not flag

    def setsockopt(self, *_option: Any) -> None:
        pass

    def connect_ex(self, address: tuple[Any, ...]) -> int:
        self.dialled.append(address)
        return errno.ENETUNREACH

    def close(self) -> None:
        pass


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    FakeSocket.dialled = []
    monkeypatch.setattr("simulator.mqtt.dialler.socket.socket", FakeSocket)
    return FakeSocket.dialled


class ChangingNames:
    """A resolver that gives another answer each time, as in DNS rebinding."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def __call__(self, _host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.answers.pop(0), port))]


def test_a_name_that_changes_between_check_and_connect_changes_nothing(
    dialled: list[tuple[Any, ...]], deliver: Deliver
) -> None:
    names = ChangingNames("127.0.0.1", "203.0.113.9", "203.0.113.9")
    endpoint = resolve_target("mqtt://rebinding.example", resolver=names)
    watched = deliver(endpoint, backoff_first=0.001, backoff_cap=0.001)
    watched.submit(connect())
    watched.until(lambda: len(dialled) >= 5)  # reconnects do not look the name up either
    assert set(dialled) == {("127.0.0.1", 1883)}
    assert len(names.answers) == 2


def test_what_is_not_cleared_is_never_dialled(dialled: list[tuple[Any, ...]], deliver: Deliver) -> None:
    endpoint = resolve_target("mqtt://10.1.2.3", allow=("10.1.2.3",))
    watched = deliver(endpoint)
    watched.submit(connect(), message(1))
    with pytest.raises(TargetRefusedError, match="not proven to be yours") as refused:
        watched.delivery.poll(0)
    assert refused.value.exit_code is ExitCode.TARGET_REFUSED
    assert dialled == []


@pytest.mark.parametrize(
    "elsewhere", ["203.0.113.9", "10.1.2.4", "::ffff:203.0.113.9", "2001:db8::1", "0.0.0.0", "fe80::1%lo"]
)
def test_a_cleared_address_clears_no_other(
    elsewhere: str, dialled: list[tuple[Any, ...]], deliver: Deliver
) -> None:
    endpoint = Endpoint(
        "broker.lab", elsewhere, 1883, Protocol.MQTT_5, cleared=frozenset({"10.1.2.3", "2001:db8::2"})
    )
    watched = deliver(endpoint)
    watched.submit(connect())
    with pytest.raises(TargetRefusedError):
        watched.delivery.poll(0)
    assert dialled == []


@pytest.mark.parametrize("address", ["10.1.2.3", "2001:db8::2", "fe80::1%lo"])
def test_the_cleared_address_is_dialled(
    address: str, dialled: list[tuple[Any, ...]], deliver: Deliver
) -> None:
    watched = deliver(Endpoint("broker.lab", address, 1883, Protocol.MQTT_5).at(address))
    watched.submit(connect(), message(1))
    watched.delivery.poll(0)
    watched.delivery.finish(0)
    assert [where[0] for where in dialled] == [address.partition("%")[0]]
    assert watched.counts() == {Outcome.DROPPED: 1}
