"""Subscribes to topics for taps, each with a session and an identity of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from simulator.core.actions import Connect, Publish, Subscribe
from simulator.core.credentials import WITNESS
from simulator.core.ids import device_id
from simulator.core.records import Delivered
from simulator.core.seeds import Seeds
from simulator.mqtt import Delivery
from simulator.plan import Plan
from simulator.taps.tape import Tape

PATIENCE = 15.0
"""Seconds for the broker to let the taps in and take their subscriptions."""

_KEEP_ALIVE = 60
_QOS = 1
_TURN = 0.02

READY = "fleetsim/tap"
"""Topic on which a tap publishes one empty message: its answer comes after that to the subscriptions."""


class TopicTaps:
    """The taps on topics, all on one event loop.

    Args:
        plan: the load, with the broker itself as its endpoint.
        filters: topic filters of each tap.
        tapes: take what each receives.
        purpose: keeps the client ids of several such subscribers apart.
    """

    def __init__(
        self,
        plan: Plan,
        filters: Mapping[str, Sequence[str]],
        tapes: Mapping[str, Tape],
        purpose: str = "tap",
    ) -> None:
        self._taps = {device_id(Seeds(plan.scenario.seed), purpose, name): name for name in filters}
        self._tapes = tapes
        self._ready: set[str] = set()
        self._endings: list[Delivered] = []
        options = plan.delivery_options
        if options.credentials is not None:
            for client in self._taps:
                options.credentials.admit(client, WITNESS)
        begin = time.monotonic()
        self._delivery = Delivery(
            plan.endpoint,
            options,
            clock=lambda: time.monotonic() - begin,
            on_outcome=self._ended,
            on_message=self._received,
            jitter_seed=plan.scenario.seed,
        )
        largest = options.limits.packet_bytes
        for client, name in self._taps.items():
            connect = Connect(0.0, client, _KEEP_ALIVE, clean=True, largest_packet=largest)
            self._delivery.submit(connect, due=0.0)
            for topic_filter in filters[name]:
                self._delivery.submit(Subscribe(0.0, client, topic_filter, _QOS), due=0.0)
            topic = f"{READY}/{client}"
            self._delivery.submit(Publish(0.0, client, client, "", "", topic, b"", 1), due=0.0)

    def begin(self, stopped: Callable[[], bool]) -> str | None:
        """Wait until the broker has answered all subscriptions; return what is wrong, None if nothing is."""
        deadline = time.monotonic() + PATIENCE
        while len(self._ready) < len(self._taps) and time.monotonic() < deadline and not stopped():
            self.poll(_TURN)
        if self._delivery.refused_subscriptions:
            return "the broker refuses the subscriptions of a tap"
        if missing := sorted(self._taps[client] for client in self._taps.keys() - self._ready):
            reasons = {one.reason for one in self._delivery.sessions() if one.reason}
            why = f": {', '.join(sorted(reasons))}" if reasons else ""
            return f"the broker does not let the taps in ({', '.join(missing)}){why}"
        return None

    def poll(self, timeout: float) -> None:
        """Receive what there is, and wait at most so many seconds for it."""
        self._delivery.poll(timeout)

    @property
    def lost(self) -> int:
        """Connections that broke: what was published meanwhile was not recorded."""
        return self._delivery.connections.lost

    def close(self) -> None:
        """End the sessions."""
        self._delivery.finish(1.0)

    def _ended(self, publish: Publish, _: Delivered) -> None:
        self._ready.add(publish.device)

    def _received(self, client: str, topic: str, payload: bytes) -> None:
        self._tapes[self._taps[client]].add(payload, topic)
