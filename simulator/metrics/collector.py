"""A run's numbers as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from simulator.core.records import Outcome
from simulator.core.refusals import Refusal
from simulator.metrics.histogram import BOUNDS, Histogram
from simulator.metrics.tally import Tally

_LE = tuple(bound for bound in BOUNDS if 1e-4 <= bound <= 100)
"""Upper bounds of the exported buckets, seconds: 1, 2 and 5 of each decade, 100 µs to 100 s."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        connections: how many there are in each state, such as ``connected``.
        connections_lost: connections that broke, since the start.
        reconnects: connections opened anew after that, since the start.
        queue_depth: messages that are due and wait to be sent.
        in_flight: messages that are sent and wait for the broker's answer.
        refusals: what the broker has refused since the start, by reason.
        simulated_seconds: the simulated clock, seconds since the scenario's start.
    """

    tally: Tally = field(default_factory=Tally)
    connections: Mapping[str, int] = field(default_factory=dict)
    connections_lost: int = 0
    reconnects: int = 0
    queue_depth: int = 0
    in_flight: int = 0
    refusals: Mapping[Refusal, int] = field(default_factory=dict)
    simulated_seconds: float = 0.0


class Collector:
    """Shows the last snapshot of a run to Prometheus. Nothing is counted here, so nothing costs per message.

    Attributes:
        registry: holds this collector alone; a run never touches the global registry.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._snapshot = Snapshot()
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def update(self, snapshot: Snapshot) -> None:
        """Show this snapshot from now on. The tally is copied: a scrape comes on another thread."""
        self._snapshot = replace(snapshot, tally=snapshot.tally.copy())

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the last snapshot."""
        now = self._snapshot
        build = GaugeMetricFamily("fleetsim_build_info", "Version of Fleetsim; always 1.", labels=["version"])
        build.add_metric([self._version], 1)
        yield build
        yield from _messages(now.tally)
        yield _histogram("publish_latency", "From due to the broker's answer.", now.tally.publish_latency)
        yield _histogram("end_to_end_latency", "From due to a witness who subscribed.", now.tally.end_to_end)
        yield _histogram("lag", "From due to sent.", now.tally.lag)
        connections = GaugeMetricFamily("fleetsim_connections", "Connections by state.", labels=["state"])
        for state, count in now.connections.items():
            connections.add_metric([state], count)
        yield connections
        yield CounterMetricFamily(
            "fleetsim_connections_lost", "Connections that broke.", now.connections_lost
        )
        yield CounterMetricFamily(
            "fleetsim_reconnects", "Connections opened anew after they broke.", now.reconnects
        )
        yield _refusals(now.refusals)
        yield GaugeMetricFamily(
            "fleetsim_queue_depth", "Messages that are due and wait to be sent.", now.queue_depth
        )
        yield GaugeMetricFamily(
            "fleetsim_in_flight", "Messages that are sent and wait for the broker's answer.", now.in_flight
        )
        yield GaugeMetricFamily(
            "fleetsim_simulated_seconds",
            "Simulated clock, since the scenario's start.",
            now.simulated_seconds,
        )


def _messages(tally: Tally) -> Iterator[Metric]:
    # The family is the only name of a sender that becomes a label: topics and devices are without number.
    labels = ["family", "qos"]
    due = CounterMetricFamily("fleetsim_messages_due", "Messages that had to be sent.", labels=labels)
    sent = CounterMetricFamily("fleetsim_messages_sent", "Messages handed to the kernel.", labels=labels)
    late = CounterMetricFamily("fleetsim_messages_late", "Messages sent late.", labels=labels)
    twice = CounterMetricFamily(
        "fleetsim_messages_duplicated", "Messages sent more than once.", labels=labels
    )
    finished = CounterMetricFamily(
        "fleetsim_messages_finished", "Messages that ended, by how.", labels=[*labels, "outcome"]
    )
    for (family, qos), counts in tally.by_qos().items():
        values = [family, str(qos)]
        due.add_metric(values, counts.due)
        sent.add_metric(values, counts.sent)
        late.add_metric(values, counts.late)
        twice.add_metric(values, counts.duplicated)
        for outcome in Outcome:
            finished.add_metric([*values, outcome.value], counts.outcome(outcome))
    yield from (due, sent, late, twice, finished)
    yield CounterMetricFamily(
        "fleetsim_commands", "Messages that came to the devices' own subscriptions.", tally.commands
    )


def _refusals(refusals: Mapping[Refusal, int]) -> Metric:
    counter = CounterMetricFamily(
        "fleetsim_refusals",
        "What the broker refused, by MQTT packet and reason code; no code where TLS or HTTP refused.",
        labels=["packet", "code", "reason"],
    )
    for refusal, count in refusals.items():
        code = "" if refusal.code is None else f"0x{refusal.code:02x}"
        counter.add_metric([refusal.what.packet, code, refusal.reason], count)
    return counter


def _histogram(name: str, help_text: str, histogram: Histogram) -> Metric:
    buckets: list[tuple[str, float]] = [(repr(bound), histogram.at_most(bound)) for bound in _LE]
    buckets.append(("+Inf", histogram.count))
    return HistogramMetricFamily(f"fleetsim_{name}_seconds", help_text, buckets, histogram.total)
