"""How a load stands at one moment, in figures that add up over shards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.core.refusals import Refusal
from simulator.metrics import Outsiders, Snapshot, Tally, Town, Truths, Underway, Witnessed
from simulator.mqtt import ConnectionCounts, SessionReport, SessionState


@dataclass(slots=True)
class Standing:
    """A load, or several together, at one moment.

    Attributes:
        tally: what was counted.
        truths: what is true about the messages, counted.
        town: who lives there, and what they agree to.
        underway: attacks and faults that last at this moment.
        connections: what happened to the connections.
        states: sessions by where they are.
        outsiders: what happened to the connections of attackers from outside the fleet.
        kept_out: their messages and connections by the hard cap that they were beyond.
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
    truths: Truths = field(default_factory=Truths)
    town: Town = field(default_factory=Town)
    underway: Underway = field(default_factory=Underway)
    connections: ConnectionCounts = field(default_factory=ConnectionCounts)
    states: Counter[SessionState] = field(default_factory=Counter)
    outsiders: ConnectionCounts = field(default_factory=ConnectionCounts)
    kept_out: Counter[str] = field(default_factory=Counter)
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
            whole.truths.merge(load.truths)
            whole.town += load.town
            whole.underway += load.underway
            whole.connections += load.connections
            whole.states.update(load.states)
            whole.outsiders += load.outsiders
            whole.kept_out.update(load.kept_out)
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

    def snapshot(self, elapsed: float = 0.0) -> Snapshot:
        """Return it as the metrics show it, some seconds after the run began."""
        connections, outsiders = self.connections, self.outsiders
        return Snapshot(
            tally=self.tally,
            truths=self.truths,
            town=self.town,
            underway=self.underway,
            outsiders=Outsiders(outsiders.now_connected, outsiders.asked, outsiders.reached, outsiders.lost),
            witnessed=self.witnessed,
            elapsed=elapsed,
            connections={state.value: self.states[state] for state in SessionState},
            connections_lost=connections.lost,
            reconnects=connections.reconnected,
            transports=dict(self.transports),
            queue_depth=self.queued,
            in_flight=self.in_flight,
            held_back=dict(self.held_back),
            refusals=Counter(self.refusals),
            simulated_seconds=self.simulated,
            cpu_seconds=self.cpu_seconds,
            peak_rss_bytes=self.rss_bytes,
        )
