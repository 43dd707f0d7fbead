"""The outsiders of a load's attacks on their way to the broker: beside the fleet, and never in its counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace

from simulator.core.actions import Action, Publish, Raw
from simulator.core.campaigns import Overheard
from simulator.core.endpoint import Protocol
from simulator.core.limits import Limits
from simulator.core.records import Delivered, MessageTruth
from simulator.metrics import Truths
from simulator.mqtt import ConnectionCounts, Delivery, DeliveryOptions
from simulator.plan import Plan
from simulator.truth import RowWriter

SHARE = 0.1
"""Share of a load's bytes a second that its outsiders get; the fleet has the rest."""

MOST = Limits(connections=1_000, bytes_per_second=20_000_000, payload_bytes=16_777_216 + 65_536)
"""Caps of outsiders wherever the broker is: fewer connections than files that a broker may usually open."""


def shared(
    options: DeliveryOptions, needed: int, protocol: Protocol = Protocol.MQTT_311
) -> tuple[DeliveryOptions, DeliveryOptions]:
    """Return the options of the fleet and those of the outsiders beside it, who share its caps.

    No broker keeps a session of the outsiders' once they are gone.

    Args:
        options: of both together.
        needed: connections that the fleet needs; outsiders get of the others what they may have.
        protocol: that both speak.
    """
    modern = protocol is Protocol.MQTT_5
    limits = options.limits
    connections = max(0, min(MOST.connections, limits.connections - needed))
    capped = Limits(
        connections=connections,
        bytes_per_second=min(int(limits.bytes_per_second * SHARE), MOST.bytes_per_second),
        payload_bytes=min(limits.payload_bytes + 65_536, MOST.payload_bytes),
    )
    rest = replace(
        limits,
        connections=limits.connections - connections,
        bytes_per_second=limits.bytes_per_second - capped.bytes_per_second,
    )
    outsiders = replace(
        options,
        limits=capped,
        # What an MQTT 5 client takes stands in its CONNECT, and has to be what devices say.
        largest_packet=options.largest_packet if modern else capped.packet_bytes,
        session_expiry=0,
        features=replace(options.features, session_expiry=0),
        detailed=True,
        max_attempts=1,
    )
    return replace(options, limits=rest), outsiders


class Intrusion:
    """Carries the actions of outsiders, and writes down how they fared and what they were given.

    A delivery of its own, so that the fleet's connections, messages and latencies are its own; what an attack
    does to them shows there.

    Args:
        outsiders: their ids.
        plan: of the load.
        options: of the outsiders.
        rows: take the truth and the delivery.
        clock: the load's.
        truths: counts what is true about their messages.
    """

    def __init__(
        self,
        outsiders: Collection[str],
        plan: Plan,
        options: DeliveryOptions,
        rows: RowWriter,
        clock: Callable[[], float],
        truths: Truths,
    ) -> None:
        self._truths = truths
        self._outsiders = frozenset(outsiders)
        self._rows = rows
        self._clock = clock
        self._over = False
        self._delivery = Delivery(
            plan.endpoint,
            options,
            clock=clock,
            on_outcome=self._ended,
            on_message=self._overheard,
            jitter_seed=plan.scenario.seed,
            on_session=rows.session,
            on_raw=self._settled,
        )

    def __contains__(self, device: str) -> bool:
        """Return whether this is one of the outsiders."""
        return device in self._outsiders

    def submit(self, action: Action, about: MessageTruth | None, due: float) -> None:
        """Carry out an outsider's action.

        Args:
            action: what it does.
            about: the truth about the message in it, if it holds one.
            due: when it had to be done, in seconds of the load's clock.
        """
        if about is not None and isinstance(action, Publish | Raw):
            self._rows.message(about)
            self._truths.due(about)
        self._delivery.submit(action, due)

    def poll(self) -> None:
        """Make one turn, without waiting."""
        if not self._over:
            self._delivery.poll(0.0)

    def finish(self, timeout: float) -> None:
        """End all connections, in order as far as there is time."""
        self._delivery.finish(timeout)
        self._over = True

    @property
    def connections(self) -> ConnectionCounts:
        """What happened to their connections so far."""
        return self._delivery.connections

    @property
    def held_back(self) -> Counter[str]:
        """Their messages and connections that a cap has held back, by cap."""
        return Counter(self._delivery.held_back)

    def _ended(self, _publish: Publish, delivered: Delivered) -> None:
        self._settled(delivered)

    def _settled(self, delivered: Delivered) -> None:
        self._truths.finished(delivered.id, delivered.outcome)
        self._rows.delivered(delivered)

    def _overheard(self, device: str, topic: str, payload: bytes) -> None:
        self._rows.overheard(Overheard(device, self._clock(), topic, len(payload)))
