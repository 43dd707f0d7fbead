"""Composition root of `fleetsim run`: broker, folder, load, metrics and summary put together."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from simulator import __version__
from simulator.broker import open_broker
from simulator.core.process import peak_rss_bytes
from simulator.core.thresholds import Threshold
from simulator.fleet import Fleet
from simulator.load import Ended, Load, pacer
from simulator.metrics import Collector, serve
from simulator.mqtt import require_descriptors
from simulator.report import (
    Connections,
    Summary,
    Unreached,
    Update,
    summarize,
    write_junit,
    write_summary,
)
from simulator.scenario import Scenario
from simulator.truth import Manifest, RunFolder, TruthWriter, installed_versions


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What belongs to one run and not to its scenario.

    Attributes:
        folder: where its results go; must be empty or not exist.
        allow_targets: host names beyond loopback that may be sent to.
        metrics_port: serve Prometheus metrics there; 0 for a free one, None for none.
        metrics_linger: seconds to go on serving them after the end, so that a last scrape sees the end.
    """

    folder: Path
    allow_targets: frozenset[str] = frozenset()
    metrics_port: int | None = None
    metrics_linger: float = 0.0


def run(
    scenario: Scenario,
    settings: RunSettings,
    *,
    watch: Callable[[Update], None] = lambda _update: None,
    say: Callable[[str], None] = lambda _line: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Summary:
    """Run a scenario against its broker and leave its folder.

    Args:
        watch: told about twice a second how the run stands.
        say: told once what a user wants to know before the load begins.
        stopped: asked on every turn; the run ends early, with all that it has, when it says yes.

    Raises:
        TargetRefusedError: the broker is not one that may be sent to.
        RunFailedError: the broker does not answer, or a file or port cannot be had.
        UsageError: the folder is taken.
    """
    started = datetime.now(UTC)
    cpu = time.process_time()
    with ExitStack() as stack:
        broker = stack.enter_context(
            open_broker(scenario.mqtt.broker, scenario.mqtt.version, settings.allow_targets)
        )
        endpoint = broker.endpoint(scenario.mqtt.version)
        folder = RunFolder.create(settings.folder)
        manifest = Manifest(
            scenario=scenario.model_dump(mode="json"),
            seed=scenario.seed,
            versions=installed_versions(),
            started=started,
        )
        folder.write_manifest(manifest)
        truth = stack.enter_context(TruthWriter(folder))
        collector = Collector(__version__)
        if settings.metrics_port is not None:
            server = stack.enter_context(serve(collector.registry, settings.metrics_port))
            say(f"metrics at http://127.0.0.1:{server.port}/metrics")
        fleet = Fleet(scenario)
        require_descriptors(len(fleet.devices))
        say(
            f"{len(fleet.devices):,} devices of {scenario.world.households:,} households "
            f"publish to {broker.describe()}"
        )

        def report(load: Load) -> None:
            collector.update(load.snapshot())
            watch(_update(load))

        load = Load(fleet, endpoint, truth, clock=time.monotonic, stopped=stopped, report=report)
        ended = load.run()
        summary = _summary(load, ended, broker.describe(), time.process_time() - cpu)
        write_summary(folder, summary)
        write_junit(folder, summary)
        folder.write_manifest(
            msgspec.structs.replace(
                manifest, ended=datetime.now(UTC), complete=not ended.interrupted and ended.failure is None
            )
        )
        if settings.metrics_port is not None:
            _linger(settings.metrics_linger, stopped)
    return summary


def _linger(seconds: float, stopped: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stopped():
        time.sleep(0.05)


def _update(load: Load) -> Update:
    snapshot = load.snapshot()
    connections = load.delivery.connections
    return Update(
        elapsed=load.now(),
        simulated=snapshot.simulated_seconds,
        duration=load.scenario.duration,
        clock=f"{load.fleet.calendar.local(snapshot.simulated_seconds):%a %H:%M}",
        asked=connections.asked,
        connected=connections.now_connected,
        sent=load.tally.totals().finished,
        lag=load.behind,
        queue_depth=snapshot.queue_depth,
    )


def _summary(load: Load, ended: Ended, broker: str, cpu_seconds: float) -> Summary:
    scenario = load.scenario
    counts = load.delivery.connections
    return summarize(
        load.tally,
        Connections(
            asked=counts.asked,
            reached=counts.reached,
            lost=counts.lost,
            reconnected=counts.reconnected,
            unreached=tuple(
                Unreached(session.device, session.reason or session.state, session.attempts)
                for session in ended.unconnected
            ),
        ),
        thresholds=map(Threshold.parse, scenario.thresholds),
        scenario=scenario.name,
        seed=scenario.seed,
        load=f"{scenario.rate:,g} messages/s" if scenario.rate else f"speed {_number(scenario.speed)}",
        open_loop=pacer(scenario).open_loop,
        broker=broker,
        transports={"paho": counts.asked},
        simulated_seconds=max(load.fleet.now, 0.0),
        seconds=ended.seconds,
        cpu_seconds=cpu_seconds,
        peak_rss_bytes=peak_rss_bytes(),
        interrupted=ended.interrupted,
        failure=ended.failure,
    )


def _number(speed: object) -> str:
    return f"{speed:,g}" if isinstance(speed, float) else str(speed)
