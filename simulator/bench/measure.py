"""Runs one load as fast as it goes, and says who was the slower side."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import fmean

import msgspec

from simulator.bench.own_count import OwnCount
from simulator.bench.static_source import KIND, StaticSource, device_name, topic
from simulator.broker import BrokerHandle
from simulator.cluster import Workers
from simulator.core.endpoint import Protocol
from simulator.core.errors import RunFailedError
from simulator.core.process import cpu_seconds, peak_rss_bytes
from simulator.core.shard import Shard
from simulator.core.transport import Transport
from simulator.fleet import Fleet
from simulator.load import TICK
from simulator.mqtt import PlainPaho, require_descriptors
from simulator.plan import CLOSED_LOOP_BATCH, Plan
from simulator.report import percentiles
from simulator.report.summary import Percentiles
from simulator.runner import Alone, Crew
from simulator.scenario import Pace, Scenario
from simulator.standing import Standing
from simulator.truth import RunFolder, read_messages

BUSY = 0.85
"""Share of a core from which a process counts as the one that sets the limit."""

PLAIN_PAHO = "plain-paho"
"""What the yardstick is called among the transports."""

SAMPLE = 100_000
"""Messages of a scenario of which the mean payload is taken."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What to measure.

    Attributes:
        qos: of all messages.
        transport: which implementation of MQTT.
        workers: processes.
        seconds: how long to send static messages; a scenario is run to its end.
        connections: devices that send static messages.
        payload_bytes: of each static message.
        scenario: realistic content instead of static: a fleet, with truth and metrics as in a run.
    """

    qos: int = 0
    transport: Transport = Transport.AUTO
    workers: int = 1
    seconds: float = 5.0
    connections: int = 1000
    payload_bytes: int = 256
    scenario: Scenario | None = None


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured; the object that ``fleetsim bench --json`` prints.

    Attributes:
        content: ``static``, or the name of the scenario.
        messages_per_second: acknowledged, or at QoS 0 passed by a final ping.
        broker_messages_per_second: the broker's own count over the same time; None where it keeps none.
        payload_bytes: of a message, the mean of a scenario's.
        cpu_seconds: of all workers.
        broker_cpu_seconds: None if it cannot be told.
        saturated: who set the limit: ``generator``, ``broker``, ``both`` or ``neither``.
    """

    content: str
    messages_per_second: float
    broker_messages_per_second: float | None
    connections: int
    qos: int
    payload_bytes: float
    transport: str
    workers: int
    seconds: float
    messages: int
    cpu_seconds: float
    broker_cpu_seconds: float | None
    latency_ms: Percentiles
    rss_bytes: int
    saturated: str


def measure(bench: Bench, broker: BrokerHandle, stopped: Callable[[], bool] = lambda: False) -> Measured:
    """Run one load against a broker that is there already, and return what came of it.

    Args:
        stopped: asked now and then; what was measured until then counts.

    Raises:
        RunFailedError: nothing got through.
    """
    scenario = _scenario(bench)
    endpoint = broker.endpoint(scenario.mqtt.version)
    options = Plan(scenario, endpoint, None).delivery_options
    with _folder(bench) as folder, OwnCount(endpoint, options) as own:
        window = _Window(broker, own)
        counted = own.settled()

        def over() -> bool:
            return stopped() or (bench.scenario is None and window.lasts(bench.seconds))

        plan = Plan(scenario, endpoint, folder, Shard(), _source(bench), batch=_batch(bench))
        crew: Crew = Alone() if bench.workers == 1 else Workers(bench.workers)
        ended = crew.carry(plan, window.report, over)
        window.report(ended.standing)
        own_rate = _rate(counted, own.settled(), ended.seconds)
        payload_bytes = bench.payload_bytes if folder is None else _mean_size(folder)
    if ended.failure is not None:
        raise RunFailedError(ended.failure)
    standing = ended.standing
    counts = standing.tally.totals()
    if not counts.delivered:
        raise RunFailedError(f"{broker.describe()} acknowledged nothing")
    generator, broker_share = window.busy(bench.workers)
    return Measured(
        content=KIND if bench.scenario is None else bench.scenario.name,
        messages_per_second=round(counts.delivered / ended.seconds, 1),
        broker_messages_per_second=own_rate,
        connections=standing.connections.reached,
        qos=scenario.mqtt.qos,
        payload_bytes=payload_bytes,
        transport="+".join(sorted(standing.transports)),
        workers=bench.workers,
        seconds=round(ended.seconds, 3),
        messages=counts.delivered,
        cpu_seconds=round(standing.cpu_seconds, 3),
        broker_cpu_seconds=window.broker_cpu_seconds(),
        latency_ms=percentiles(standing.tally.publish_latency),
        rss_bytes=standing.rss_bytes,
        saturated=_saturated(generator, broker_share),
    )


def measure_plain_paho(
    bench: Bench, broker: BrokerHandle, stopped: Callable[[], bool] = lambda: False
) -> Measured:
    """Send the static messages of a bench by paho-mqtt alone, as a yardstick; see `PlainPaho`.

    Args:
        stopped: asked now and then; what was measured until then counts.
    """
    endpoint = broker.endpoint(Protocol.MQTT_311)
    require_descriptors(bench.connections)
    with OwnCount(endpoint) as own:
        window = _Window(broker, own)
        topics = {device: topic(device) for device in map(device_name, range(bench.connections))}
        sender = PlainPaho(endpoint, topics, b"x" * bench.payload_bytes, bench.qos)
        counted = own.settled()
        before, begin = cpu_seconds(), time.monotonic()
        next_sample = 0.0

        def over() -> bool:
            nonlocal next_sample
            own.poll()
            if time.monotonic() >= next_sample:
                next_sample = time.monotonic() + TICK
                window.sample(cpu_seconds() - before)
            return stopped() or window.lasts(bench.seconds)

        messages = sender.send(over, batch=bench.connections)
        seconds = time.monotonic() - begin
        used = cpu_seconds() - before
        window.sample(used)
        own_rate = _rate(counted, own.settled(), seconds)
    generator, broker_share = window.busy(1)
    return Measured(
        content=KIND,
        messages_per_second=round(messages / seconds, 1),
        broker_messages_per_second=own_rate,
        connections=bench.connections,
        qos=bench.qos,
        payload_bytes=bench.payload_bytes,
        transport=PLAIN_PAHO,
        workers=1,
        seconds=round(seconds, 3),
        messages=messages,
        cpu_seconds=round(used, 3),
        broker_cpu_seconds=window.broker_cpu_seconds(),
        latency_ms=Percentiles(None, None, None, None, None),
        rss_bytes=peak_rss_bytes(),
        saturated=_saturated(generator, broker_share),
    )


class _Window:
    """The time in which messages flow, and what both sides used in it."""

    def __init__(self, broker: BrokerHandle, own: OwnCount) -> None:
        self._broker = broker
        self._own = own
        self._samples: list[tuple[float, float, float | None]] = []

    def report(self, standing: Standing) -> None:
        self._own.poll()
        if standing.tally.totals().due:
            self.sample(standing.cpu_seconds)

    def sample(self, cpu: float) -> None:
        self._own.poll()
        self._samples.append((time.monotonic(), cpu, self._broker.cpu_seconds()))

    def lasts(self, seconds: float) -> bool:
        return bool(self._samples) and time.monotonic() - self._samples[0][0] >= seconds

    def broker_cpu_seconds(self) -> float | None:
        used = self._used(2)
        return None if used is None else round(used, 3)

    def busy(self, workers: int) -> tuple[float, float | None]:
        """Return the share of a core that each worker, and the broker, used."""
        seconds = self._samples[-1][0] - self._samples[0][0] if self._samples else 0.0
        if not seconds:
            return 0.0, None
        generator, broker = self._used(1), self._used(2)
        return (generator or 0.0) / seconds / workers, None if broker is None else broker / seconds

    def _used(self, column: int) -> float | None:
        first, last = (self._samples[edge][column] for edge in (0, -1)) if self._samples else (None, None)
        return None if first is None or last is None else last - first


def _rate(before: int | None, after: int | None, seconds: float) -> float | None:
    return None if before is None or after is None else round((after - before) / seconds, 1)


def _saturated(generator: float, broker: float | None) -> str:
    sides = [generator >= BUSY, broker is not None and broker >= BUSY]
    return {(True, True): "both", (True, False): "generator", (False, True): "broker"}.get(
        (sides[0], sides[1]), "neither"
    )


def _scenario(bench: Bench) -> Scenario:
    base = bench.scenario or Scenario.model_validate({"name": KIND, "devices": [{"kind": "wearable"}]})
    mqtt = base.mqtt.model_copy(update={"qos": bench.qos, "transport": bench.transport, "settle": 60.0})
    world = base.world
    if bench.scenario is None:
        # Static messages need no town, but each worker wants a shard.
        world = world.model_copy(update={"households_per_neighbourhood": 1})
    fast = {"speed": Pace.MAX, "rate": None, "stages": None, "witness": 0.0, "hold": 0.0}
    return base.model_copy(update={"mqtt": mqtt, "world": world} | fast)


def _mean_size(folder: RunFolder) -> float:
    return round(fmean(message.size for message in islice(read_messages(folder), SAMPLE)), 1)


def _batch(bench: Bench) -> int:
    """Return one round of a worker's devices: every static message is then a frame and a write of its own."""
    if bench.scenario is not None:
        return CLOSED_LOOP_BATCH
    return max(1, min(CLOSED_LOOP_BATCH, bench.connections // bench.workers))


def _source(bench: Bench) -> partial[StaticSource] | type[Fleet]:
    if bench.scenario is not None:
        return Fleet
    return partial(StaticSource, devices=bench.connections, payload_bytes=bench.payload_bytes)


@contextmanager
def _folder(bench: Bench) -> Iterator[RunFolder | None]:
    if bench.scenario is None:
        yield None
    else:
        with tempfile.TemporaryDirectory(prefix="fleetsim-bench-") as path:
            yield RunFolder.create(Path(path) / "run")
