"""The brokers of the matrix, each started once, with every way in that it has and one fleet's credentials."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from provisioned import provisioned
from rabbitmq import PATH, RabbitMq

from simulator.broker import embedded
from simulator.broker.child import Child, write_private
from simulator.broker.credentials import CredentialFolder, Credentials, Listener
from simulator.broker.mosquitto import _find
from simulator.broker.ports import LOOPBACK, free_port
from simulator.core.credentials import WITNESS, Authentication
from simulator.core.endpoint import Endpoint, Protocol


class Name(StrEnum):
    """Brokers that the fleet is to work with."""

    EMBEDDED = "embedded"
    MOSQUITTO = "mosquitto"
    RABBITMQ = "rabbitmq"


@dataclass(frozen=True)
class Served:
    """A broker that listens.

    Attributes:
        name: which one.
        folder: credentials of the fleet, which all but the embedded one check.
        ports: by the way in, and the version if that makes a difference.
        path: of its WebSockets.
    """

    name: Name
    folder: Path
    ports: Mapping[tuple[Listener, Protocol], int]
    path: str = "/mqtt"

    def endpoint(self, way: Listener, protocol: Protocol) -> Endpoint:
        tls = way in (Listener.TLS, Listener.MTLS, Listener.WSS)
        websocket = self.path if way in (Listener.WS, Listener.WSS) else None
        port = self.ports[way, protocol]
        return Endpoint("localhost", LOOPBACK, port, protocol, tls=tls, websocket=websocket)

    def credentials(self, way: Listener) -> Credentials:
        certificate = way is Listener.MTLS
        return Credentials.open(
            self.folder, Authentication.CERTIFICATE if certificate else Authentication.PASSWORD
        )

    def witness_login(self) -> tuple[str, str]:
        login = self.credentials(Listener.TCP).login(WITNESS)
        assert login.username is not None
        assert login.password is not None
        return login.username, login.password


@contextmanager
def mosquitto(folder: Path) -> Iterator[Served]:
    """Mosquitto with a provisioned configuration."""
    ports: dict[Listener, int] = {}
    for way in Listener:
        ports[way] = free_port(avoid=ports.values())
    command = [_find(), "-c", str(provisioned(folder, ports=ports).configuration)]
    child = Child("Mosquitto", command, [*ports.values()], folder)
    try:
        yield Served(Name.MOSQUITTO, folder, _both(ports))
    finally:
        child.stop()


@contextmanager
def rabbitmq(folder: Path) -> Iterator[Served]:
    """RabbitMQ that knows the same fleet."""
    provisioned(folder / "credentials")
    with RabbitMq(CredentialFolder(folder / "credentials"), folder) as broker:
        yield Served(Name.RABBITMQ, folder / "credentials", _both(broker.ports), PATH)


@contextmanager
def embedded_broker(folder: Path) -> Iterator[Served]:
    """rumqttd as `EmbeddedBroker` runs it, with further listeners."""
    provisioned(folder)
    files = CredentialFolder(folder)
    server = f'certpath = "{files.server}"\nkeypath = "{files.server_key}"'
    asking = f'capath = "{files.authority}"\n{server}'
    listeners = {
        (Listener.TCP, Protocol.MQTT_311): ("v4", ""),
        (Listener.TCP, Protocol.MQTT_5): ("v5", ""),
        (Listener.TLS, Protocol.MQTT_311): ("v4", server),
        (Listener.TLS, Protocol.MQTT_5): ("v5", server),
        (Listener.MTLS, Protocol.MQTT_311): ("v4", asking),
        (Listener.MTLS, Protocol.MQTT_5): ("v5", asking),
        (Listener.WS, Protocol.MQTT_311): ("ws", ""),
        (Listener.WSS, Protocol.MQTT_311): ("ws", server),
    }
    ports: dict[tuple[Listener, Protocol], int] = {}
    text = embedded._CONFIGURATION
    for number, (way, (version, tls)) in enumerate(listeners.items(), start=1):
        ports[way] = free_port(avoid=ports.values())
        lines = embedded._LISTENER.format(
            version=version, address=LOOPBACK, port=ports[way], largest=embedded.LARGEST_PAYLOAD
        ).replace(f"{version}.1", f"{version}.{number}")
        text += lines + (f"\n[{version}.{number}.tls]\n{tls}\n" if tls else "")
    # A listener for MQTT 5 in WebSocket does not exist; the one for 3.1.1 says so.
    ports[Listener.WS, Protocol.MQTT_5] = ports[Listener.WS, Protocol.MQTT_311]
    configuration = write_private(folder, "rumqttd.toml", text)
    arguments = ["-P", "-m", "iotcore", "--config", str(configuration), "--log-level", "CRITICAL"]
    child = Child("rumqttd", [sys.executable, *arguments], sorted(set(ports.values())), folder)
    try:
        yield Served(Name.EMBEDDED, folder, ports)
    finally:
        child.stop()


START: Mapping[Name, Callable[[Path], AbstractContextManager[Served]]] = {
    Name.EMBEDDED: embedded_broker,
    Name.MOSQUITTO: mosquitto,
    Name.RABBITMQ: rabbitmq,
}


def _both(ports: Mapping[Listener, int]) -> dict[tuple[Listener, Protocol], int]:
    return {(way, protocol): port for way, port in ports.items() for protocol in Protocol}
