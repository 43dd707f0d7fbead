"""A broker's own count of the messages that it has received, where it keeps one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from simulator.core.endpoint import Endpoint

TOPIC = "$SYS/broker/publish/messages/received"
"""Where Mosquitto says it, each `sys_interval`."""

_DIGITS = 20
"""Of the largest count of 64 bits; what is longer is none."""


class OwnCount:
    """Listens to a broker's count. Call `poll` often; it costs next to nothing and never waits.

    Attributes:
        samples: (time, count) each time that the broker said it.

    Args:
        endpoint: where the broker listens.
        clock: seconds.
    """

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float]) -> None:
        self.samples: list[tuple[float, int]] = []
        self._clock = clock
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

    def rate(self, begin: float, end: float) -> float | None:
        """Return messages a second between two times, from the samples within; None if there are too few."""
        within = [sample for sample in self.samples if begin <= sample[0] <= end]
        if len(within) < 2 or within[0][0] == within[-1][0]:
            return None
        (first, low), (last, high) = within[0], within[-1]
        return (high - low) / (last - first)

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
        if message.payload.isdigit() and len(message.payload) <= _DIGITS and not message.retain:
            self.samples.append((self._clock(), int(message.payload)))
