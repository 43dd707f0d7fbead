"""A broker's own count of the messages that it has received, where it keeps one."""

from __future__ import annotations

import time
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from simulator.core.endpoint import Endpoint

TOPIC = "$SYS/broker/publish/messages/received"
"""Where Mosquitto says it, each `sys_interval`."""

SETTLING = 2.2
"""Seconds after which Mosquitto has told its count, if it tells it each second."""

_DIGITS = 20
"""Of the largest count of 64 bits; what is longer is none."""


class OwnCount:
    """Listens to a broker's count. Call `poll` often; it costs next to nothing and never waits.

    The broker tells its count now and then, so only one that stands still can be compared with ours.

    Attributes:
        count: what the broker last said, None if it has said nothing.

    Args:
        endpoint: where the broker listens.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.count: int | None = None
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="fleetsim-own-count")
        if endpoint.username is not None:
            self._client.username_pw_set(endpoint.username, endpoint.password)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        endpoint.check(endpoint.address)
        self._client.connect(endpoint.address, endpoint.port, keepalive=300)

    def poll(self) -> None:
        """Take in what has come."""
        self._client.loop_read()
        self._client.loop_write()

    def settled(self, seconds: float = SETTLING) -> int | None:
        """Wait until the broker has told what it has received by now; return that, None if it keeps no count.

        Args:
            seconds: how long; longer than the broker's `sys_interval`.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.poll()
            time.sleep(0.02)
        return self.count

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_write()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _on_connect(self, client: paho.Client, *_about: Any) -> None:
        client.subscribe(TOPIC)

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        if message.payload.isdigit() and len(message.payload) <= _DIGITS:
            self.count = int(message.payload)
