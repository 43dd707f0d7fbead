"""How a load stands at one moment, in figures that add up over shards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.core.refusals import Refusal
from simulator.metrics import Snapshot, Tally, Witnessed
from simulator.mqtt import ConnectionCounts, SessionReport


@dataclass(slots=True)
class Standing:
    """A load, or several together, at one moment.

    Attributes:
        tally: what was counted.
        connections: what happened to the connections.
        transports: connections by the transport that carries them.
        queued: messages that are due and wait to be sent.
        in_flight: messages that are sent and wait for the broker's answer.
        simulated: seconds since the scenario's start; of several loads, where the last one is.
        behind: seconds between a message's due time and its being handed over; the worst of the loads.
        cpu_seconds: processor time of the processes.
        rss_bytes: most memory that was resident in them.
        held_back: messages and connections by the hard cap that they were beyond.
        refusals: what the broker has refused, and how often for which reason.
        witnessed: what the run's own subscribers have seen.
        at_fault: sessions that are not connected, or to no avail; known once a load has ended.
    """

    tally: Tally = field(default_factory=Tally)
    connections: ConnectionCounts = field(default_factory=ConnectionCounts)
    transports: dict[str, int] = field(default_factory=dict)
    queued: int = 0
    in_flight: int = 0
    simulated: float = 0.0
    behind: float = 0.0
    cpu_seconds: float = 0.0
    rss_bytes: int = 0
    held_back: dict[str, int] = field(default_factory=dict)
    refusals: Counter[Refusal] = field(default_factory=Counter)
    witnessed: Witnessed = field(default_factory=Witnessed)
    at_fault: tuple[SessionReport, ...] = ()

    @classmethod
    def together(cls, loads: Iterable[Standing]) -> Standing:
        """Return how several loads stand together."""
        whole = cls()
        transports: Counter[str] = Counter()
        held_back: Counter[str] = Counter()
        behind = [0.0]
        simulated = []
        for load in loads:
            whole.tally.merge(load.tally)
            whole.connections += load.connections
            transports.update(load.transports)
            held_back.update(load.held_back)
            whole.refusals.update(load.refusals)
            whole.queued += load.queued
            whole.in_flight += load.in_flight
            whole.cpu_seconds += load.cpu_seconds
            whole.rss_bytes += load.rss_bytes
            whole.witnessed += load.witnessed
            whole.at_fault += load.at_fault
            behind.append(load.behind)
            simulated.append(load.simulated)
        whole.transports = dict(transports)
        whole.held_back = dict(held_back)
        whole.behind = max(behind)
        whole.simulated = min(simulated, default=0.0)
        return whole

    def snapshot(self) -> Snapshot:
        """Return it as the metrics show it."""
        connections = self.connections
        return Snapshot(
            tally=self.tally,
            connections={
                "connected": connections.now_connected,
                "refused": connections.refused,
                "waiting": connections.asked - connections.now_connected - connections.refused,
            },
            connections_lost=connections.lost,
            reconnects=connections.reconnected,
            queue_depth=self.queued,
            in_flight=self.in_flight,
            refusals=Counter(self.refusals),
            simulated_seconds=self.simulated,
        )
