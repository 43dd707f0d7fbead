"""A subscriber that knows nothing of our sessions: paho with its own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from simulator.core.endpoint import Endpoint

PATIENCE = 20.0
"""Seconds after which a test that waits in vain fails."""


class Witness:
    """Collects what the broker hands on, from the moment it is entered."""

    def __init__(
        self, endpoint: Endpoint, topic_filter: str, qos: int = 2, client_id: str = "witness"
    ) -> None:
        self.payloads: list[bytes] = []
        self._filter = (topic_filter, qos)
        self._endpoint = endpoint
        self._changed = threading.Condition()
        self._subscribed = False
        self.client = Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion(endpoint.protocol)
        )
        self.client.on_message = self._on_message
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = self._on_subscribe

    def __enter__(self) -> Self:
        self.client.connect(self._endpoint.address, self._endpoint.port)
        self.client.loop_start()
        self.wait(lambda: self._subscribed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), "the witness waited in vain"

    def wait_for(self, count: int) -> list[bytes]:
        """Return all payloads once there are so many."""
        self.wait(lambda: len(self.payloads) >= count)
        return list(self.payloads)

    def _on_connect(self, client: Client, *_: Any) -> None:
        client.subscribe(*self._filter)

    def _on_subscribe(self, *_: Any) -> None:
        with self._changed:
            self._subscribed = True
            self._changed.notify_all()

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        with self._changed:
            self.payloads.append(message.payload)
            self._changed.notify_all()
