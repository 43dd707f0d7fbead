"""The network between fleet and broker, as a proxy that needs no rights makes it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from simulator.broker import NetworkProxy
from simulator.broker.proxy_process import Network
from simulator.core.actions import NetworkChange
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import RunFailedError
from simulator.core.network import NetworkCondition

PATIENCE = 20.0


class Echo:
    """A server that says what it hears, and notes how its connections end."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = Endpoint("localhost", "127.0.0.1", self._listener.getsockname()[1], Protocol.MQTT_5)
        self.ends: list[str] = []
        self.heard = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with closing(connection):
            try:
                while data := connection.recv(65536):
                    self.heard += len(data)
                    connection.sendall(data)
                self.ends.append("closed")
            except OSError as error:
                self.ends.append(error.strerror or "broken")

    def stop(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.stop()


@contextmanager
def network(echo: Echo, **conditions: NetworkCondition) -> Iterator[NetworkProxy]:
    with NetworkProxy(echo.endpoint, conditions, seed=3) as proxy:
        yield proxy


def turn(proxy: NetworkProxy, fault: str, begins: bool) -> None:
    proxy.switch.change(NetworkChange(0.0, "", fault, begins))


def dial(proxy: NetworkProxy) -> socket.socket:
    return socket.create_connection((proxy.endpoint.address, proxy.endpoint.port), timeout=PATIENCE)


def ask(connection: socket.socket, data: bytes = b"hello") -> float:
    """Send something and take it back; return how long that took."""
    began = time.monotonic()
    connection.sendall(data)
    back = b""
    while len(back) < len(data):
        chunk = connection.recv(65536)
        assert chunk, "the connection was closed"
        back += chunk
    assert back == data
    return time.monotonic() - began


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_it_stands_in_for_the_broker_and_is_no_other(echo: Echo) -> None:
    with network(echo) as proxy:
        assert proxy.endpoint == replace(echo.endpoint, port=proxy.endpoint.port)
        assert proxy.endpoint.port != echo.endpoint.port


def test_a_network_without_faults_passes_every_byte_in_order(echo: Echo) -> None:
    with network(echo) as proxy, dial(proxy) as connection:
        sender = threading.Thread(target=connection.sendall, args=(bytes(range(256)) * 8192,))
        sender.start()
        back = bytearray()
        while len(back) < 256 * 8192:
            back += connection.recv(65536)
        sender.join()
    assert bytes(back) == bytes(range(256)) * 8192


def test_latency_takes_its_time_in_each_direction(echo: Echo) -> None:
    with network(echo, slow=NetworkCondition(delay=0.15)) as proxy, dial(proxy) as connection:
        ask(connection)
        turn(proxy, "slow", True)
        assert ask(connection) >= 0.3
        turn(proxy, "slow", False)
        assert min(ask(connection) for _ in range(5)) < 0.15


def test_jitter_varies_the_delay_and_keeps_the_order(echo: Echo) -> None:
    data = b"".join(b"%4d" % number for number in range(500))
    with network(echo, rough=NetworkCondition(delay=0.02, jitter=0.02)) as proxy, dial(proxy) as connection:
        turn(proxy, "rough", True)
        for place in range(0, len(data), 40):
            connection.sendall(data[place : place + 40])
            time.sleep(0.001)
        back = b""
        while len(back) < len(data):
            back += connection.recv(65536)
    assert back == data


def test_a_narrow_network_is_shared_by_all_connections(echo: Echo) -> None:
    with network(echo, narrow=NetworkCondition(bytes_per_second=50_000)) as proxy:
        connections = [dial(proxy) for _ in range(4)]
        turn(proxy, "narrow", True)
        began = time.monotonic()
        threads = [threading.Thread(target=ask, args=(c, b"x" * 10_000)) for c in connections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert time.monotonic() - began >= 0.8  # 40,000 bytes each way, both ways at once
        for connection in connections:
            connection.close()


def test_what_is_sent_faster_than_it_passes_makes_the_sender_wait(echo: Echo) -> None:
    """The proxy holds no more than a few hundred kB a connection, however much is sent."""
    with network(echo, narrow=NetworkCondition(bytes_per_second=1_000)) as proxy, dial(proxy) as connection:
        turn(proxy, "narrow", True)
        connection.setblocking(False)
        taken = 0
        stuck_since = time.monotonic()
        while time.monotonic() - stuck_since < 0.5 and taken < 100_000_000:
            try:
                taken += connection.send(b"x" * 65536)
                stuck_since = time.monotonic()
            except BlockingIOError:
                time.sleep(0.01)
        assert taken < 20_000_000


def test_a_black_hole_swallows_nothing_and_passes_nothing(echo: Echo) -> None:
    with network(echo, hole=NetworkCondition(blocked=True)) as proxy, dial(proxy) as connection:
        ask(connection)
        turn(proxy, "hole", True)
        connection.sendall(b"anybody there?")
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(100)
        assert echo.heard == 5
        connection.settimeout(PATIENCE)
        turn(proxy, "hole", False)
        assert connection.recv(100) == b"anybody there?"


def test_in_a_black_hole_nobody_hears_that_the_other_has_gone(echo: Echo) -> None:
    with network(echo, hole=NetworkCondition(blocked=True)) as proxy:
        connection = dial(proxy)
        ask(connection)
        turn(proxy, "hole", True)
        connection.close()
        late = dial(proxy)
        late.sendall(b"hello")
        time.sleep(0.2)
        assert echo.ends == []
        assert echo.heard == 5
        turn(proxy, "hole", False)
        wait_for(lambda: echo.ends == ["closed"])
        assert late.recv(100) == b"hello"
        late.close()


def test_resets_break_a_share_of_the_connections_at_both_ends(echo: Echo) -> None:
    with network(echo, storm=NetworkCondition(reset_share=0.5)) as proxy:
        connections = [dial(proxy) for _ in range(40)]
        for connection in connections:
            ask(connection)
        turn(proxy, "storm", True)
        broken = sum(is_broken(connection) for connection in connections)
        assert 8 < broken < 32
        wait_for(lambda: len(echo.ends) == broken)
        assert set(echo.ends) == {"Connection reset by peer"}
        for connection in connections:
            connection.close()


def test_resets_come_again_and_again_until_they_end(echo: Echo) -> None:
    storm = NetworkCondition(reset_share=1.0, reset_every=0.1)
    with network(echo, storm=storm) as proxy:
        turn(proxy, "storm", True)
        for _ in range(3):
            with dial(proxy) as connection:
                wait_for(lambda c=connection: is_broken(c))
        turn(proxy, "storm", False)
        with dial(proxy) as connection:
            ask(connection)
            time.sleep(0.3)
            ask(connection)


def is_broken(connection: socket.socket) -> bool:
    try:
        ask(connection)
    except OSError:
        return True
    return False


def test_faults_at_the_same_time_add_up(echo: Echo) -> None:
    slow = {name: NetworkCondition(delay=0.1) for name in ("one", "two")}
    with network(echo, **slow) as proxy, dial(proxy) as connection:
        turn(proxy, "one", True)
        turn(proxy, "two", True)
        assert ask(connection) >= 0.4
        turn(proxy, "one", False)
        assert ask(connection) >= 0.2


def test_a_broker_that_is_not_there_resets(echo: Echo) -> None:
    with network(echo) as proxy:
        echo.stop()
        with suppress(ConnectionResetError), dial(proxy) as connection:  # it may reset as fast as we dial
            assert is_broken(connection)


@pytest.mark.parametrize(("address", "dialled"), [("127.0.0.1", True), ("192.0.2.1", False)])
def test_the_guard_is_asked_before_it_connects(
    address: str, dialled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can leave here even if it were not: what would connect only takes note."""
    asked: list[tuple[Any, ...]] = []

    async def connect(_loop: object, _protocol: object, *where: Any) -> None:
        asked.append(where)

    async def scene() -> None:
        network = Network(Endpoint("broker.example", address, 1883, Protocol.MQTT_5), {}, 0)
        network._accept()
        await asyncio.gather(*network._dials)

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", connect)
    asyncio.run(scene())
    assert asked == ([(address, 1883)] if dialled else [])


def test_a_proxy_that_is_gone_ends_the_run_with_a_reason(echo: Echo) -> None:
    with network(echo, slow=NetworkCondition(delay=0.1)) as proxy:
        assert proxy._process is not None
        assert proxy._process.pid is not None
        os.kill(proxy._process.pid, signal.SIGKILL)
        proxy._process.join()
        with pytest.raises(RunFailedError, match=r"cannot be changed \(slow\): its proxy is gone"):
            turn(proxy, "slow", True)


def test_it_ends_with_all_its_connections(echo: Echo) -> None:
    with network(echo) as proxy:
        connection = dial(proxy)
        ask(connection)
        process = proxy._process
    assert process is not None
    assert not process.is_alive()
    with closing(connection):
        assert is_broken(connection)
    proxy.stop()
