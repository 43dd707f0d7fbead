"""Those who talk to the network proxy's switch, or send through it, without knowing how: it goes on."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutation import mutated

from simulator.broker import NetworkProxy
from simulator.core.actions import NetworkChange
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.network import NetworkCondition

SLOW = "network_latency-0"


@pytest.fixture(scope="module")
def proxy() -> Iterator[NetworkProxy]:
    """A proxy before a broker that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    endpoint = Endpoint("localhost", "127.0.0.1", port, Protocol.MQTT_5)
    with NetworkProxy(endpoint, {SLOW: NetworkCondition(delay=0.001)}) as running:
        yield running


@settings(max_examples=40)
@given(said=st.binary(max_size=80) | mutated(b'["network_latency-0", true]\n'))
def test_nonsense_on_the_switch_changes_nothing_that_matters(proxy: NetworkProxy, said: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.connect(proxy.switch.path)
        wire.sendall(said)
        wire.shutdown(socket.SHUT_WR)
        while wire.recv(100):
            pass  # it hangs up, with an answer or without
    proxy.switch.change(NetworkChange(0.0, "", SLOW, True))
    proxy.switch.change(NetworkChange(0.0, "", SLOW, False))


def test_a_word_that_never_ends_is_hung_up_on(proxy: NetworkProxy) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.connect(proxy.switch.path)
        with pytest.raises(OSError, match=r"pipe|reset"):
            wire.sendall(b"[" * 100_000_000)
    proxy.switch.change(NetworkChange(0.0, "", SLOW, False))
