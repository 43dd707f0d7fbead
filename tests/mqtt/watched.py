"""A delivery whose outcomes a test can look at."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable

from witness import PATIENCE

from simulator.core.actions import Action, Publish
from simulator.core.endpoint import Endpoint
from simulator.core.records import Delivered, Outcome
from simulator.mqtt import Delivery, DeliveryOptions
from simulator.mqtt.websocket import WebSocket


class Watched:
    """A delivery on the wall clock, with everything that it tells."""

    def __init__(self, endpoint: Endpoint, options: DeliveryOptions) -> None:
        self.outcomes: dict[str, Delivered] = {}
        self.heard: list[tuple[str, str, bytes]] = []
        began = time.monotonic()
        self.delivery = Delivery(
            endpoint,
            options,
            clock=lambda: time.monotonic() - began,
            on_outcome=self._ended,
            on_message=lambda *heard: self.heard.append(heard),
            jitter_seed=1,
        )

    def _ended(self, publish: Publish, delivered: Delivered) -> None:
        assert publish.id == delivered.id
        assert delivered.id not in self.outcomes, "a message ended twice"
        self.outcomes[delivered.id] = delivered

    def submit(self, *actions: Action) -> None:
        for action in actions:
            self.delivery.submit(action, self.delivery.clock())

    def break_connections(self) -> None:
        """Break every TCP connection, as a network would."""
        for connection in self.delivery._loop._connections.values():
            carrier = connection.socket
            bare = carrier._socket if isinstance(carrier, WebSocket) else carrier
            bare.shutdown(socket.SHUT_RDWR)

    def until(self, condition: Callable[[], bool]) -> None:
        """Turn the loop until the condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "the test waited in vain"
            self.delivery.poll(0.01)

    def counts(self) -> dict[Outcome, int]:
        return dict(Counter(delivered.outcome for delivered in self.outcomes.values()))

    def ids(self, outcome: Outcome) -> set[str]:
        return {identity for identity, delivered in self.outcomes.items() if delivered.outcome is outcome}
