"""The brokers that Fleetsim starts: where they listen, and that they end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.broker import EmbeddedBroker, LocalMosquitto, open_broker
from simulator.broker.ports import free_port
from simulator.core.endpoint import Protocol
from simulator.core.errors import RunFailedError

OWN = pytest.mark.parametrize("make", [EmbeddedBroker, LocalMosquitto])


def answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1.0):
            return True
    except OSError:
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline:
        if condition():
            return True
        os.sched_yield()
    return False


def outer_address() -> str:
    """An address of this machine that is not 127.0.0.1 and leaves it neither."""
    return "127.0.0.2"


@OWN
def test_it_listens_on_loopback_alone_and_ends_with_its_context(
    make: type[EmbeddedBroker] | type[LocalMosquitto],
) -> None:
    with make() as broker:
        ports = {broker.endpoint(protocol).port for protocol in Protocol}
        assert all(answers("127.0.0.1", port) for port in ports)
        assert not any(answers(outer_address(), port) for port in ports)  # it would, bound to 0.0.0.0
        assert broker.running
    assert not broker.running
    assert not any(answers("127.0.0.1", port) for port in ports)


@OWN
def test_its_ports_are_below_those_that_connections_are_given(
    make: type[EmbeddedBroker] | type[LocalMosquitto],
) -> None:
    assert all(make().endpoint(protocol).port < 32_768 for protocol in Protocol)


@OWN
def test_it_can_be_stopped_twice_and_started_again(
    make: type[EmbeddedBroker] | type[LocalMosquitto],
) -> None:
    broker = make()
    broker.stop()
    for _ in range(2):
        broker.start()
        assert answers("127.0.0.1", broker.endpoint(Protocol.MQTT_5).port)
        broker.stop()
        broker.stop()


@OWN
def test_a_port_in_use_is_an_error_that_says_so(make: type[EmbeddedBroker] | type[LocalMosquitto]) -> None:
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(RunFailedError, match=f"port {port} on 127.0.0.1 is in use"),
    ):
        make(port)


@OWN
def test_an_asked_port_is_the_one(make: type[EmbeddedBroker] | type[LocalMosquitto]) -> None:
    port = free_port()
    with make(port) as broker:
        assert broker.endpoint(Protocol.MQTT_311).port == port
        assert answers("127.0.0.1", port)


@OWN
def test_it_dies_with_its_parent_even_if_that_is_killed(
    make: type[EmbeddedBroker] | type[LocalMosquitto],
) -> None:
    program = (
        f"import os, signal; from simulator.broker import {make.__name__} as Broker\n"
        "from simulator.core.endpoint import Protocol\n"
        "broker = Broker(); broker.start(); print(broker.endpoint(Protocol.MQTT_5).port, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert parent.returncode == -signal.SIGKILL
    assert eventually(lambda: not answers("127.0.0.1", int(parent.stdout)))


@OWN
def test_ctrl_c_does_not_reach_it(make: type[EmbeddedBroker] | type[LocalMosquitto]) -> None:
    with make() as broker:
        child = broker._child
        assert child is not None
        assert os.getpgid(child.pid) != os.getpgrp()
        assert os.getsid(child.pid) != os.getsid(0)


def test_a_mosquitto_that_was_killed_starts_again_on_its_port(mosquitto: LocalMosquitto) -> None:
    mosquitto.kill()
    assert not mosquitto.running
    assert not answers("127.0.0.1", mosquitto.port)
    mosquitto.start()
    assert answers("127.0.0.1", mosquitto.port)


def test_a_mosquitto_that_cannot_start_says_what_it_said() -> None:
    broker = LocalMosquitto(extra="no_such_option true")
    with pytest.raises(RunFailedError, match=r"Mosquitto did not start: .*no_such_option"):
        broker.start()
    assert not broker.running


def test_without_mosquitto_the_error_tells_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("simulator.broker.mosquitto._PLACES", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunFailedError, match="apt install mosquitto"):
        LocalMosquitto()


@pytest.mark.parametrize(
    ("spec", "words"), [("embedded", "embedded broker on"), ("mosquitto", "local Mosquitto on")]
)
@pytest.mark.parametrize("protocol", list(Protocol))
def test_a_broker_is_opened_by_its_word(spec: str, words: str, protocol: Protocol) -> None:
    with open_broker(spec, protocol) as broker:
        endpoint = broker.endpoint(protocol)
        assert words in broker.describe()
        assert str(endpoint.port) in broker.describe()
        assert endpoint.protocol is protocol
        assert answers(endpoint.address, endpoint.port)
    assert not answers(endpoint.address, endpoint.port)


def test_a_broker_is_opened_by_its_url(mosquitto: LocalMosquitto) -> None:
    url = f"mqtt://user:hunter2@localhost:{mosquitto.port}"
    with open_broker(url, Protocol.MQTT_311) as broker:
        endpoint = broker.endpoint(Protocol.MQTT_5)
        assert broker.describe() == f"broker at localhost:{mosquitto.port}"
        assert (endpoint.protocol, endpoint.username, endpoint.password) == (
            Protocol.MQTT_5,
            "user",
            "hunter2",
        )
    assert mosquitto.running


def test_a_url_where_nothing_listens_fails_before_the_run() -> None:
    port = free_port()
    with (
        pytest.raises(RunFailedError, match=f"no broker at 127.0.0.1:{port}"),
        open_broker(f"mqtt://127.0.0.1:{port}", Protocol.MQTT_5),
    ):
        pass
