"""``fleetsim broker`` as a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from simulator.broker.ports import free_port

CONNECT_311 = bytes.fromhex("100d 0004 4d515454 04 02 003c 0001 61")
CONNECT_5 = bytes.fromhex("100e 0004 4d515454 05 02 003c 00 0001 62")


def greeting(port: int, connect: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(connect)
        return client.recv(4)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_both_versions_until_it_is_told_to_stop(how: signal.Signals) -> None:
    port, port_v5 = free_port(), free_port()
    command = [sys.executable, "-u", "-m", "simulator", "broker", f"--port={port}", f"--port-v5={port_v5}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            assert f"127.0.0.1:{port} " in told
            assert f":{port_v5} " in told
            assert greeting(port, CONNECT_311) == bytes.fromhex("2002 0000")
            assert greeting(port_v5, CONNECT_5)[:1] == b"\x20"
        finally:
            process.send_signal(how)
            out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "stopped\n", "")


def test_a_port_in_use(fleetsim: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = fleetsim("broker", "--port", str(port), "--port-v5", str(free_port()))
    assert ended.code == 1
    assert f"port {port} on 127.0.0.1 is in use" in ended.err


def test_the_two_ports_must_differ(fleetsim: Any) -> None:
    ended = fleetsim("broker", "--port", "5000", "--port-v5", "5000")
    assert ended.code == 2
    assert "--port and --port-v5 must differ" in ended.err
