"""Proof of control at a provisioned Mosquitto: by the operator of its credentials, with and without TLS."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from provisioned import DEVICES, Broker

from simulator.broker.credentials import Credentials, Listener
from simulator.broker.ports import free_port
from simulator.core.credentials import OPERATOR, WITNESS, Authentication
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import TargetRefusedError
from simulator.mqtt import DeliveryOptions
from simulator.proof import ProofOptions, prove_control


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("credentials")


@pytest.fixture(scope="module")
def broker(folder: Path) -> Iterator[Broker]:
    broker = Broker(folder)
    ports = dict(broker.ports)
    for listener in (Listener.WS, Listener.WSS):
        ports[listener] = free_port(avoid=ports.values())
    broker.ports = ports
    with broker:
        yield broker


def prove(
    broker: Broker, folder: Path, tls: bool, user: str, how: Authentication, websocket: str | None = None
) -> list[str]:
    """Prove control as one of the staff; return the command that was asked for."""
    encrypted = Listener.MTLS if how is Authentication.CERTIFICATE else Listener.TLS
    listener = {True: encrypted, False: Listener.TCP}
    if websocket is not None:
        listener = {True: Listener.WSS, False: Listener.WS}
    endpoint = Endpoint(
        "localhost",
        "127.0.0.1",
        broker.ports[listener[tls]],
        Protocol.MQTT_5,
        tls=tls,
        websocket=websocket,
        pinned=("127.0.0.1",),
        cleared=frozenset({"192.0.2.1"}),  # passes for one beyond this machine
    )
    credentials = Credentials.open(folder, how)
    passwords = Credentials.open(folder)
    asked: list[str] = []

    def operator(line: str) -> None:
        if "mosquitto_pub" not in line:
            return
        asked.extend(shlex.split(line.splitlines()[-1]))
        given = {"YOU": user, "YOUR_PASSWORD": str(passwords.login(user).password)}
        port = str(endpoint.port) if websocket is None else "YOUR_MQTT_PORT"
        given[port] = str(broker.ports[Listener.TLS if tls else Listener.TCP])
        subprocess.run([given.get(word, word) for word in asked], check=True, capture_output=True)

    options = DeliveryOptions(credentials=credentials)
    prove_control(endpoint, DEVICES[0], options, operator, ProofOptions(timeout=3.0))
    return asked


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("user", [OPERATOR, WITNESS])
def test_whoever_has_the_rights_of_the_staff_proves_control(
    broker: Broker, folder: Path, tls: bool, user: str
) -> None:
    asked = prove(broker, folder, tls, user, Authentication.PASSWORD)
    assert ("--cafile" in asked) is tls


@pytest.mark.parametrize("tls", [False, True])
def test_a_fleet_in_websockets_sees_what_the_operator_sends_by_another_way(
    broker: Broker, folder: Path, tls: bool
) -> None:
    asked = prove(broker, folder, tls, OPERATOR, Authentication.PASSWORD, "/mqtt")
    assert "YOUR_MQTT_PORT" in asked


def test_a_fleet_with_certificates_sees_the_same_proof(broker: Broker, folder: Path) -> None:
    assert prove(broker, folder, True, OPERATOR, Authentication.CERTIFICATE)


def test_a_device_cannot_prove_it(broker: Broker, folder: Path) -> None:
    with pytest.raises((TargetRefusedError, subprocess.CalledProcessError)):
        prove(broker, folder, False, DEVICES[1], Authentication.PASSWORD)
