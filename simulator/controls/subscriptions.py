"""Sees that controls have subscribed, by the count that Mosquitto keeps of all subscriptions."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from simulator.core.actions import Connect, Subscribe
from simulator.core.credentials import WITNESS
from simulator.core.ids import device_id
from simulator.core.seeds import Seeds
from simulator.mqtt import Delivery
from simulator.plan import Plan

COUNT = "$SYS/broker/subscriptions/count"
"""Where a Mosquitto says how many subscriptions there are, every `sys_interval`: a second in our own."""

_TURN = 0.02


class SubscriptionCount:
    """Listens to how many subscriptions the broker has; use it in a ``with``.

    Args:
        plan: the load, with the broker itself as its endpoint.
    """

    def __init__(self, plan: Plan) -> None:
        client = device_id(Seeds(plan.scenario.seed), "subscription count")
        options = plan.delivery_options
        if options.credentials is not None:
            options.credentials.admit(client, WITNESS)
        begin = time.monotonic()
        self._count: int | None = None
        self._before: int | None = None
        self._delivery = Delivery(
            plan.endpoint,
            options,
            clock=lambda: time.monotonic() - begin,
            on_outcome=lambda *_: None,
            on_message=self._told,
        )
        self._delivery.submit(Connect(0.0, client, 60, clean=True), due=0.0)
        self._delivery.submit(Subscribe(0.0, client, COUNT, 0), due=0.0)

    def begin(self, patience: float) -> bool:
        """Wait until the broker has told twice, so that our own are in it; return whether it has."""
        deadline = time.monotonic() + patience
        told = 0
        while told < 2:
            if time.monotonic() > deadline:
                return False
            self._count = None
            while self._count is None and time.monotonic() < deadline:
                self._delivery.poll(_TURN)
            told += 1
        self._before = self._count
        return self._before is not None

    def reached(self, more: int) -> bool:
        """Return whether there are so many subscriptions more than at the beginning, as far as is known."""
        self._delivery.poll(0.0)
        return (self._count or 0) - (self._before or 0) >= more

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._delivery.finish(1.0)

    def _told(self, _client: str, _topic: str, payload: bytes) -> None:
        if payload.isdigit():
            self._count = int(payload)
