"""A run's numbers as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.samples import Exemplar

from simulator.core.records import Outcome
from simulator.core.refusals import Refusal
from simulator.core.verdicts import Verdict
from simulator.metrics import definitions
from simulator.metrics.definitions import Bucket, MetricInfo
from simulator.metrics.histogram import BOUNDS, Histogram
from simulator.metrics.judged import Judged
from simulator.metrics.tally import Slowest, Tally
from simulator.metrics.town import Town
from simulator.metrics.truths import Truths
from simulator.metrics.windows import Underway
from simulator.metrics.witnessed import Witnessed

Clock = Callable[[float], datetime]

K = TypeVar("K", bound=str)

_LE = tuple(bound for bound in BOUNDS if 1e-4 <= bound <= 100)
"""Upper bounds of the exported buckets, seconds: 1, 2 and 5 of each decade, 100 µs to 100 s."""

_UNITS = {
    "share": definitions.CHECK_RATIO,
    "seconds": definitions.CHECK_SECONDS,
    "people": definitions.CHECK_PEOPLE,
}


@dataclass(frozen=True, slots=True)
class Outsiders:
    """Connections of attackers from outside the fleet: now, and since the start."""

    connected: int = 0
    asked: int = 0
    reached: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        elapsed: seconds since it began.
        connections: how many there are in each state, such as ``connected``.
        connections_lost: connections that broke, since the start.
        reconnects: connections opened anew after that, since the start.
        transports: sessions by transport.
        queue_depth: messages that are due and wait to be sent.
        in_flight: messages that are sent and wait for the broker's answer.
        held_back: messages and connections by the cap that they were beyond, since the start.
        refusals: what the broker has refused since the start, by reason.
        simulated_seconds: the simulated clock, seconds since the scenario's start.
        cpu_seconds: processor time since the start.
        peak_rss_bytes: most memory that was resident.
    """

    tally: Tally = field(default_factory=Tally)
    truths: Truths = field(default_factory=Truths)
    town: Town = field(default_factory=Town)
    underway: Underway = field(default_factory=Underway)
    outsiders: Outsiders = field(default_factory=Outsiders)
    witnessed: Witnessed = field(default_factory=Witnessed)
    elapsed: float = 0.0
    connections: Mapping[str, int] = field(default_factory=dict)
    connections_lost: int = 0
    reconnects: int = 0
    transports: Mapping[str, int] = field(default_factory=dict)
    queue_depth: int = 0
    in_flight: int = 0
    held_back: Mapping[str, int] = field(default_factory=dict)
    refusals: Mapping[Refusal, int] = field(default_factory=dict)
    simulated_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_rss_bytes: int = 0


def _from_1970(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Collector:
    """Shows the last snapshot of a run to Prometheus. Nothing is counted here, so nothing costs per message.

    Args:
        version: of Fleetsim.
        scenario: name of what runs.
        clock: tells what clocks in the simulated town show so many seconds after the start.

    Attributes:
        registry: holds this collector alone; a run never touches the global registry.
    """

    def __init__(self, version: str, scenario: str = "", clock: Clock = _from_1970) -> None:
        self._version = version
        self._scenario = scenario
        self._clock = clock
        self._snapshot = Snapshot()
        self._speed = 0.0
        self._judged: Judged | None = None
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def update(self, snapshot: Snapshot) -> None:
        """Show this snapshot from now on. What counts on is copied: a scrape comes on another thread."""
        elapsed = snapshot.elapsed - self._snapshot.elapsed
        if elapsed > 0.0:
            self._speed = (snapshot.simulated_seconds - self._snapshot.simulated_seconds) / elapsed
        self._snapshot = replace(snapshot, tally=snapshot.tally.copy(), truths=snapshot.truths.copy())

    def judge(self, judged: Judged) -> None:
        """Show what the run came to from now on."""
        self._judged = judged

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the last snapshot, in the order of the catalogue."""
        now = self._snapshot
        yield from self._run(now)
        yield from _messages(now)
        yield from _connections(now)
        yield from _people(now)
        yield from _truths(now)
        if self._judged is not None:
            yield from _verdicts(self._judged)

    def _run(self, now: Snapshot) -> Iterator[Metric]:
        yield definitions.BUILD.values([((self._version,), 1)])
        yield definitions.RUN.values([((self._scenario,), 1)])
        yield definitions.ELAPSED.value(now.elapsed)
        yield definitions.SIMULATED.value(now.simulated_seconds)
        clock = self._clock(now.simulated_seconds)
        yield definitions.CLOCK.value(clock.timestamp())
        yield definitions.TIME_OF_DAY.value(clock.hour * 3600 + clock.minute * 60 + clock.second)
        yield definitions.SPEED.value(self._speed)
        yield definitions.CPU.value(now.cpu_seconds)
        yield definitions.MEMORY.value(now.peak_rss_bytes)


def _messages(now: Snapshot) -> Iterator[Metric]:
    tally = now.tally
    counts = {(family, str(qos)): each for (family, qos), each in tally.by_qos().items()}
    yield definitions.DUE.values((labels, each.due) for labels, each in counts.items())
    yield definitions.SENT.values((labels, each.sent) for labels, each in counts.items())
    yield definitions.LATE.values((labels, each.late) for labels, each in counts.items())
    yield definitions.DUPLICATED.values((labels, each.duplicated) for labels, each in counts.items())
    yield definitions.FINISHED.values(
        ((*labels, outcome.value), each.outcome(outcome))
        for labels, each in counts.items()
        for outcome in Outcome
    )
    yield _each(definitions.HELD_BACK, now.held_back)
    yield definitions.COMMANDS.value(tally.commands)
    yield definitions.QUEUED.value(now.queue_depth)
    yield definitions.IN_FLIGHT.value(now.in_flight)
    yield _histogram(definitions.PUBLISH_LATENCY, tally.publish_latency, tally.slowest)
    yield _histogram(definitions.END_TO_END, tally.end_to_end)
    yield _histogram(definitions.LAG, tally.lag)
    yield _histogram(definitions.GENERATOR_LAG, tally.behind)
    yield definitions.WITNESS_EXPECTED.value(now.witnessed.expected)
    yield definitions.WITNESS_RECEIVED.value(now.witnessed.received)
    yield definitions.WITNESS_DUPLICATED.value(now.witnessed.duplicated)
    yield definitions.WITNESS_REORDERED.value(now.witnessed.reordered)


def _connections(now: Snapshot) -> Iterator[Metric]:
    yield _each(definitions.CONNECTIONS, now.connections)
    yield definitions.CONNECTIONS_LOST.value(now.connections_lost)
    yield definitions.RECONNECTS.value(now.reconnects)
    yield _each(definitions.TRANSPORTS, now.transports)
    yield definitions.REFUSALS.values(
        (
            (refusal.what.packet, "" if refusal.code is None else f"0x{refusal.code:02x}", refusal.reason),
            count,
        )
        for refusal, count in now.refusals.items()
    )


def _people(now: Snapshot) -> Iterator[Metric]:
    yield definitions.PEOPLE.value(now.town.people)
    yield definitions.HOUSEHOLDS.value(now.town.households)
    yield _each(definitions.DEVICES, now.town.devices)
    yield _each(definitions.CONSENTING, now.town.consenting)
    yield _each(definitions.REQUESTS, now.town.requests)
    yield definitions.EVENTS.values((labels, each.due) for labels, each in now.tally.by_event().items())


def _truths(now: Snapshot) -> Iterator[Metric]:
    truths, underway, outsiders = now.truths, now.underway, now.outsiders
    yield _each(definitions.EXPECTED, truths.expected)
    yield _each(definitions.HAZARDS, truths.hazards())
    yield _each(definitions.FAULTS, {kind: len(labels) for kind, labels in underway.faults.items()})
    yield _each(definitions.FAULTY_DEVICES, underway.befallen)
    yield _each(definitions.FAULTY_MESSAGES, truths.faults())
    yield _each(definitions.CAMPAIGNS, {kind: len(labels) for kind, labels in underway.campaigns.items()})
    yield _each(definitions.ATTACK_MESSAGES, truths.attacks)
    yield definitions.ATTACK_FINISHED.values(
        ((kind, outcome.value), count) for (kind, outcome), count in truths.ended.items()
    )
    yield definitions.OUTSIDERS.value(outsiders.connected)
    yield definitions.OUTSIDERS_ASKED.value(outsiders.asked)
    yield definitions.OUTSIDERS_REACHED.value(outsiders.reached)
    yield definitions.OUTSIDERS_LOST.value(outsiders.lost)


def _verdicts(judged: Judged) -> Iterator[Metric]:
    yield definitions.STATUS.values([((judged.status,), 1)])
    yield _each(definitions.THRESHOLDS, judged.thresholds)
    yield _each(definitions.RECORDED, judged.records)
    yield definitions.VERDICTS.values(
        ((*names, verdict.value), float(found is verdict))
        for names, found in judged.verdicts.items()
        for verdict in Verdict
    )
    yield definitions.AS_EXPECTED.values(judged.as_expected.items())
    for unit, info in _UNITS.items():
        yield info.values(
            ((one.control, one.check, one.part), one.value)
            for one in judged.findings
            if one.unit == unit and one.value is not None
        )
    yield definitions.CHECK_TRIALS.values(
        ((one.control, one.check, one.part), one.trials) for one in judged.findings
    )


def _each(info: MetricInfo, values: Mapping[K, float]) -> Metric:
    return info.values(((str(label),), value) for label, value in values.items())


def _histogram(info: MetricInfo, histogram: Histogram, example: Slowest | None = None) -> Metric:
    buckets: list[Bucket] = [(repr(bound), histogram.at_most(bound)) for bound in _LE]
    buckets.append(("+Inf", histogram.count))
    if example is not None:
        place = next((n for n, bound in enumerate(_LE) if example.seconds <= bound), len(_LE))
        buckets[place] = (*buckets[place][:2], Exemplar({"message_id": example.id}, example.seconds))
    return info.distribution(buckets, histogram.total)
