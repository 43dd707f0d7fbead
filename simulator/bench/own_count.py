"""A broker's own count of the messages that it has received, where it keeps one."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Self

from simulator.core.actions import Connect, Publish, Subscribe
from simulator.core.credentials import WITNESS
from simulator.core.endpoint import Endpoint
from simulator.core.records import Delivered
from simulator.mqtt import Delivery, DeliveryOptions

TOPIC = "$SYS/broker/publish/messages/received"
"""Where Mosquitto says it, each `sys_interval`."""

SETTLING = 2.2
"""Seconds after which Mosquitto has told its count, if it tells it each second."""

_CLIENT = "fleetsim-own-count"
_KEEP_ALIVE = 300
_DIGITS = 20
"""Of the largest count of 64 bits; what is longer is none."""


class OwnCount:
    """Listens to a broker's count. Call `poll` often; it costs next to nothing and never waits.

    The broker tells its count now and then, so only one that stands still can be compared with ours. It
    connects as the fleet does, over TLS or WebSocket, and with credentials as their witness, who may read
    everything. A broker that does not let it in keeps no count for us.

    Attributes:
        count: what the broker last said, None if it has said nothing.

    Args:
        endpoint: where the broker listens.
        options: how the fleet connects.
    """

    def __init__(self, endpoint: Endpoint, options: DeliveryOptions | None = None) -> None:
        options = options or DeliveryOptions()
        self.count: int | None = None
        if options.credentials is not None:
            options.credentials.admit(_CLIENT, WITNESS)
        self._delivery = Delivery(
            endpoint,
            # One attempt: a broker that hangs up on whoever asks would be asked again and again.
            replace(options, backoff_first=1e6, backoff_cap=1e6, source_addresses=(), connect_rate=None),
            clock=time.monotonic,
            on_outcome=_ended,
            on_message=self._told,
        )
        self._delivery.submit(Connect(0.0, _CLIENT, _KEEP_ALIVE, clean=True), 0.0)
        self._delivery.submit(Subscribe(0.0, _CLIENT, TOPIC, qos=0), 0.0)

    def poll(self) -> None:
        """Take in what has come."""
        self._delivery.poll(0.0)

    def settled(self, seconds: float = SETTLING) -> int | None:
        """Wait until the broker has told what it has received by now; return that, None if it keeps no count.

        Args:
            seconds: how long; longer than the broker's `sys_interval`.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._delivery.poll(left)
        return self.count

    def close(self) -> None:
        """Leave."""
        self._delivery.finish(1.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _told(self, _device: str, topic: str, payload: bytes) -> None:
        if topic == TOPIC and payload.isdigit() and len(payload) <= _DIGITS:
            self.count = int(payload)


def _ended(_publish: Publish, _delivered: Delivered) -> None:
    """It sends nothing."""
