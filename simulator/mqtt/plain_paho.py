"""The yardstick of the benchmarks: paho-mqtt as its manual says, many clients on one selector."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable, Mapping
from itertools import cycle, islice
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from simulator.core.endpoint import Endpoint

WAITING = 22_000
"""QoS 1 messages without an answer before the sender pauses; paho itself keeps 20 a client in flight."""

PATIENCE = 30.0


class PlainPaho:
    """Paho's own clients, sockets, queues and windows, by its external-loop interface; none of our sessions.

    Args:
        endpoint: where the broker listens.
        topics: where each client publishes, by client id.
        payload: of every message.
        qos: likewise.
    """

    def __init__(self, endpoint: Endpoint, topics: Mapping[str, str], payload: bytes, qos: int) -> None:
        self._topics = topics
        self._payload = payload
        self._qos = qos
        self._selector = selectors.DefaultSelector()
        self._clients: dict[str, Client] = {}
        self._connected = 0
        self.published = 0
        for device in topics:
            client = Client(
                CallbackAPIVersion.VERSION2, device, protocol=MQTTProtocolVersion(endpoint.protocol)
            )
            client.on_connect = self._on_connect
            client.on_publish = self._on_publish
            client.connect(endpoint.address, endpoint.port, keepalive=300)
            sock = client.socket()
            assert isinstance(sock, socket.socket)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(sock, selectors.EVENT_READ, client)
            self._clients[device] = client
        while self._connected < len(topics):
            self._poll(0.1)

    def send(self, over: Callable[[], bool], batch: int) -> int:
        """Send messages of the clients in turn until it is over and all is confirmed.

        Args:
            over: asked after every batch.
            batch: messages between two turns of the loop.

        Returns:
            How many messages that were, the last one of each client among them, which proves the others.
        """
        sent = 0
        messages = cycle((client, self._topics[device]) for device, client in self._clients.items())
        while not over():
            for client, topic in islice(messages, batch):
                client.publish(topic, self._payload, self._qos)
                while client.want_write():
                    client.loop_write()
            sent += batch
            self._poll(0)
            while self._qos and sent - self.published > WAITING:
                self._poll(0.1)
        deadline = time.monotonic() + PATIENCE
        self._await(sent, deadline)
        # At QoS 0 paho calls a message published when it is written: a QoS 1 message behind proves more.
        sent = self.published + len(self._clients)
        for client in self._clients.values():
            client.publish("bench/last", b"", 1)
        self._await(sent, deadline)
        for client in self._clients.values():
            client.disconnect()
        self._selector.close()
        return self.published

    def _await(self, published: int, deadline: float) -> None:
        while self.published < published and time.monotonic() < deadline:
            self._poll(0.1)

    def _poll(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            key.data.loop_read()

    def _on_connect(self, *_about: Any) -> None:
        self._connected += 1

    def _on_publish(self, *_about: Any) -> None:
        self.published += 1
