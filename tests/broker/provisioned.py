"""A small provisioned fleet, a real Mosquitto with its configuration, and a client that knocks there."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from simulator.broker.child import Child
from simulator.broker.credentials import BrokerKind, Identity, Listener
from simulator.broker.credentials.provision import Provisioned, Wanted, provision
from simulator.broker.mosquitto import _find
from simulator.broker.ports import free_port
from simulator.core.credentials import Login

PATIENCE = 20.0
TOPIC = "fleet/{neighbourhood}/{kind}/{device}/{event}"

FLEET = (
    Identity("9bej3pz1q6r0", "wearable", "n0"),
    Identity("k0cz0mty6n3w", "wearable", "n1"),
    Identity("0q8w5g3d7r1a", "smart_speaker", "n0"),
    Identity("xy4t2m9c6v8b", "inventory_sensor", "n1"),
)
"""Two of each: neighbourhoods and of one kind."""

DEVICES = tuple(identity.device for identity in FLEET)


def topic(identity: Identity, event: str, template: str = TOPIC) -> str:
    names = {"device": identity.device, "kind": identity.kind, "neighbourhood": identity.neighbourhood}
    return template.format(event=event, **names)


def provisioned(folder: Path, **changes: Any) -> Provisioned:
    """Provision the fleet for Mosquitto, unless the changes say otherwise."""
    moment = {name: changes.pop(name) for name in ("now", "progress") if name in changes}
    wanted: dict[str, Any] = {
        "devices": FLEET,
        "topic": TOPIC,
        "command": "command",
        "broker": BrokerKind.MOSQUITTO,
        "ports": {},
    }
    return provision(folder, Wanted(**wanted | changes), **moment)


class Broker:
    """Mosquitto, started with the very configuration that was provisioned, on free ports."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.ports: Mapping[Listener, int] = _free_ports()
        self._folder = folder
        self._changes = changes
        self._child: Child | None = None

    def start(self) -> None:
        """Provision once more, and start."""
        configuration = provisioned(self._folder, ports=self.ports, **self._changes).configuration
        command = [_find(), "-c", str(configuration)]
        self._child = Child("Mosquitto", command, [*self.ports.values()], self._folder)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _free_ports() -> dict[Listener, int]:
    ports: dict[Listener, int] = {}
    for listener in (Listener.TCP, Listener.TLS, Listener.MTLS):
        ports[listener] = free_port(avoid=ports.values())
    return ports


class Caller:
    """A paho client, MQTT 5, that says what a broker answers. It is the caller's own, not of our delivery.

    Attributes:
        heard: topics of the messages that it was given.
    """

    def __init__(
        self, port: int, client_id: str, login: Login | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self.heard: list[str] = []
        self._port = port
        self._answers: dict[tuple[str, int], str] = {}
        self._changed = threading.Condition()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        if login is not None and login.username is not None:
            self._client.username_pw_set(login.username, login.password)
        if context is not None:
            self._client.tls_set_context(context)
        self._client.on_connect = lambda _c, _d, _f, reason, _p: self._answer("connect", 0, str(reason))
        self._client.on_disconnect = lambda *_: self._answer("connect", 0, "closed")
        self._client.on_publish = lambda _c, _d, mid, reason, _p: self._answer("publish", mid, _word(reason))
        self._client.on_subscribe = lambda _c, _d, mid, reasons, _p: self._answer(
            "subscribe", mid, str(reasons[0])
        )
        self._client.on_message = self._on_message

    def connect(self) -> str:
        """Return the CONNACK's reason, or ``closed`` if the broker hung up, in the handshake or after it."""
        try:
            self._client.connect("127.0.0.1", self._port)
        except (ssl.SSLError, ConnectionError):
            return "closed"
        self._client.loop_start()
        return self._await("connect", 0)

    def publish(self, to: str, payload: bytes = b"{}") -> str:
        """Return the PUBACK's reason."""
        return self._await("publish", self._client.publish(to, payload, qos=1).mid)

    def subscribe(self, topic_filter: str) -> str:
        """Return the SUBACK's reason."""
        mid = self._client.subscribe(topic_filter, 1)[1]
        assert mid is not None
        return self._await("subscribe", mid)

    def wait_for(self, *topics: str) -> None:
        """Wait until all these topics were heard."""
        with self._changed:
            assert self._changed.wait_for(lambda: {*topics} <= {*self.heard}, PATIENCE), self.heard

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        assert self.connect() == "Success"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, what: str, number: int, reason: str) -> None:
        with self._changed:
            self._answers.setdefault((what, number), reason)
            self._changed.notify_all()

    def _await(self, what: str, number: int) -> str:
        with self._changed:
            assert self._changed.wait_for(lambda: (what, number) in self._answers, PATIENCE), what
            return self._answers[what, number]

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        with self._changed:
            self.heard.append(message.topic)
            self._changed.notify_all()


def _word(reason: ReasonCode) -> str:
    """Return a PUBACK's reason: that nobody has subscribed is a success as well."""
    return str(reason) if reason.is_failure else "Success"


def knock(
    port: int, client_id: str, login: Login | None = None, context: ssl.SSLContext | None = None
) -> str:
    """Return what a broker answers to a CONNECT: the CONNACK's reason, or ``closed``."""
    caller = Caller(port, client_id, login, context)
    try:
        return caller.connect()
    finally:
        caller.close()
