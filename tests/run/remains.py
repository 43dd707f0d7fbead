"""What a Mosquitto still holds: retained messages, and sessions of clients that are gone."""

from __future__ import annotations

import queue
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import Credentials
from simulator.core.credentials import WITNESS, Login
from simulator.scenario import Scenario

PATIENCE = 20.0
UPTIME = "$SYS/broker/uptime"
GONE = "$SYS/broker/clients/disconnected"
MARK = "audit/mark"


@dataclass(frozen=True)
class Visitor:
    """Somebody with all rights who looks into a broker, over TLS if that is how it is reached."""

    port: int
    login: Login
    context: ssl.SSLContext | None

    @classmethod
    def of(cls, broker: LocalMosquitto, scenario: Scenario) -> Visitor:
        if scenario.mqtt.credentials is None:
            return cls(broker.port, Login(), None)
        keys = Path(scenario.mqtt.credentials)
        encrypted = scenario.mqtt.broker.startswith("mqtts://")
        context = ssl.create_default_context(cafile=keys / "ca.crt") if encrypted else None
        return cls(broker.port, Credentials.open(keys).login(WITNESS), context)

    def retained(self) -> dict[str, bytes]:
        """Every retained message but the broker's own figures, by topic; a mark of ours is among them."""
        found: dict[str, bytes] = {}
        with _Subscriber(self) as subscriber:
            subscriber.client.publish(MARK, b"here", qos=1, retain=True).wait_for_publish(PATIENCE)
            subscriber.client.subscribe("#", qos=1)
            # What is retained comes in one go, before what is published after the subscription.
            subscriber.client.publish("audit/end", b"", qos=1)
            while (message := subscriber.next()).topic != "audit/end":
                if message.retain:
                    found[message.topic] = message.payload
            subscriber.client.publish(MARK, b"", qos=1, retain=True).wait_for_publish(PATIENCE)
        return found

    def sessions_of_the_gone(self) -> int:
        """How many sessions the broker keeps for clients that are not there, by its own count."""
        with _Subscriber(self) as subscriber:
            subscriber.client.subscribe(UPTIME)
            while subscriber.next().retain:
                pass  # an old figure; all are written anew together with the uptime
            subscriber.client.subscribe(GONE)
            while (message := subscriber.next()).topic != GONE:
                pass
            return int(message.payload)

    def has_session(self, client_id: str) -> bool:
        """Whether the broker has a session for somebody who comes back; it has one afterwards."""
        name = client_id.encode()
        fields = [name]
        flags = 0  # the session is not to be a clean one
        if self.login.username is not None and self.login.password is not None:
            flags |= 0xC0
            fields += [self.login.username.encode(), self.login.password.encode()]
        body = b"\0\4MQTT\4" + bytes([flags]) + b"\0\x3c"
        body += b"".join(len(field).to_bytes(2, "big") + field for field in fields)
        assert len(body) < 128
        with (
            socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain,
            self._secured(plain) as wire,
        ):
            wire.sendall(bytes([0x10, len(body)]) + body)
            answer = wire.recv(4)
            assert answer[:2] + answer[3:] == b"\x20\x02\0", (client_id, answer)
            wire.sendall(b"\xe0\0")
            return answer[2] == 1

    def sessions(self, client_ids: Iterable[str]) -> set[str]:
        """Those of some clients for whom the broker has a session."""
        return {name for name in client_ids if self.has_session(name)}

    def _secured(self, plain: socket.socket) -> socket.socket:
        if self.context is None:
            return plain
        return self.context.wrap_socket(plain, server_hostname="127.0.0.1")


class _Subscriber:
    def __init__(self, visitor: Visitor) -> None:
        self._messages: queue.Queue[MQTTMessage] = queue.Queue()
        self._ready: queue.Queue[bool] = queue.Queue()
        self.client = Client(CallbackAPIVersion.VERSION2, "visitor")
        if visitor.login.username is not None:
            self.client.username_pw_set(visitor.login.username, visitor.login.password)
        if visitor.context is not None:
            self.client.tls_set_context(visitor.context)
        self.client.on_connect = lambda *_: self._ready.put(True)
        self.client.on_message = lambda _client, _data, message: self._messages.put(message)
        self._port = visitor.port

    def next(self) -> MQTTMessage:
        return self._messages.get(timeout=PATIENCE)

    def __enter__(self) -> _Subscriber:
        self.client.connect("127.0.0.1", self._port)
        self.client.loop_start()
        self._ready.get(timeout=PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()
