"""What all that the event loop carries have in common, whether they speak MQTT in order or send raw bytes."""

from __future__ import annotations

import math

from simulator.core.actions import Connect
from simulator.core.endpoint import Endpoint
from simulator.mqtt.counts import SessionState, Tally
from simulator.mqtt.loop import Loop
from simulator.mqtt.options import DeliveryOptions


class Passenger:
    """A client's connections, one after the other; subclasses are `Carried` by the loop.

    Args:
        device: whose they are.
        endpoint: the broker.
        options: limits and patience.
        loop: carries it.
        tally: counts shared by all.

    Attributes:
        device: whose they are.
        state: where it is.
        alarms: when the loop will call `tick`; kept by the loop's timers.
        wake_at: the earliest of them.
        dirty: the loop has bytes to send for it; kept by the loop.
        hello: how it opened its connection last, None if it has not, or says nothing in order.
    """

    __slots__ = (
        "_endpoint",
        "_loop",
        "_options",
        "_tally",
        "_timeout_at",
        "alarms",
        "device",
        "dirty",
        "hello",
        "state",
        "wake_at",
    )

    def __init__(
        self, device: str, endpoint: Endpoint, options: DeliveryOptions, loop: Loop, tally: Tally
    ) -> None:
        self.device = device
        self.state = SessionState.ENDED
        self.alarms: list[float] = []
        self.wake_at = math.inf
        self.dirty = False
        self.hello: Connect | None = None
        self._endpoint = endpoint
        self._options = options
        self._loop = loop
        self._tally = tally
        self._timeout_at = math.inf

    @property
    def source(self) -> str | None:
        """The address that it connects from; left to the run if None."""
        return None if self.hello is None else self.hello.source

    @property
    def client_id(self) -> str | None:
        """What it calls itself, if not by its id."""
        return None if self.hello is None else self.hello.client_id
