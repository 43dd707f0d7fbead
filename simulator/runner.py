"""Composition root of `fleetsim run`: broker, folder, load, metrics and summary put together."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from simulator.audit import audit_run
from simulator.broker import NetworkProxy, RemoteBroker
from simulator.cleaning import clean, devices_of, remains_of
from simulator.core.calendar import Calendar
from simulator.core.endpoint import Endpoint
from simulator.core.limits import Limits
from simulator.core.thresholds import Threshold, parse_threshold
from simulator.core.version import __version__
from simulator.faults import network_conditions
from simulator.judgement import for_metrics, judge
from simulator.load import Load
from simulator.metrics import Collector, serve
from simulator.plan import Ended, Plan, open_credentials
from simulator.reach import Reach
from simulator.report import (
    AttackConnections,
    Attacks,
    CleanUp,
    Connections,
    Denied,
    Summary,
    Timeline,
    Unreached,
    Update,
    attack_messages,
    summarize,
    write_junit,
    write_summary,
)
from simulator.report.run import write_page
from simulator.scenario import Scenario
from simulator.standing import Standing
from simulator.trial import Trial
from simulator.truth import Manifest, RunFolder, installed_versions, open_rows


class Crew(Protocol):
    """Who carries a load: this process alone, or several workers."""

    def carry(self, plan: Plan, report: Callable[[Standing], None], stopped: Callable[[], bool]) -> Ended:
        """Run the load to its end.

        Args:
            plan: what to load.
            report: told about twice a second how it stands.
            stopped: asked now and then; the load ends early, with all that it has, when it says yes.
        """


class Alone:
    """Carries the load in this process."""

    def carry(self, plan: Plan, report: Callable[[Standing], None], stopped: Callable[[], bool]) -> Ended:
        """Run the load to its end."""
        with open_rows(plan.folder) as rows:
            return Load(plan, rows, clock=time.monotonic, stopped=stopped, report=report).run()


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What belongs to one run and not to its scenario.

    Attributes:
        folder: where its results go; must be empty or not exist.
        place: the folder of the scenario, in which its controls run.
        reach: how far it may send.
        metrics_port: serve Prometheus metrics there; 0 for a free one, None for none.
        metrics_linger: seconds to go on serving them after the end, so that a last scrape sees the end.
        crew: who carries the load.
        push_to: URL of a Pushgateway that gets the metrics at the end; None for none.
    """

    folder: Path
    place: Path = Path()
    reach: Reach = field(default_factory=Reach)
    metrics_port: int | None = None
    metrics_linger: float = 0.0
    crew: Crew = field(default_factory=Alone)
    push_to: str | None = None


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
        say: told what a user wants to know before the load begins.
        stopped: asked on every turn; the run ends early, with all that it has, when it says yes.

    Raises:
        TargetRefusedError: the broker is not one that may be sent to.
        RunFailedError: the broker does not answer, or a file or port cannot be had.
        UsageError: the folder is taken, or the scenario asks for what cannot be.
    """
    started = datetime.now(UTC)
    begin = time.monotonic()
    gateway = None if settings.push_to is None else settings.reach.gateway(settings.push_to)
    with ExitStack() as stack:
        broker = stack.enter_context(
            settings.reach.open(
                scenario.mqtt.broker,
                scenario.mqtt.version,
                lambda: next(devices_of(scenario), scenario.name),
                lambda target: Plan(scenario, target, None).delivery_options,
                stopped,
                open_credentials(scenario),
                talkative=any(one.command is not None for one in scenario.controls),
            )
        )
        folder = RunFolder.create(settings.folder)
        manifest = Manifest(
            scenario=scenario.model_dump(mode="json"),
            seed=scenario.seed,
            versions=installed_versions(),
            started=started,
        )
        folder.write_manifest(manifest)
        collector = Collector(__version__, scenario.name, Calendar(scenario.start, scenario.zone).local)
        if settings.metrics_port is not None:
            server = stack.enter_context(serve(collector.registry, settings.metrics_port))
            say(f"metrics at http://127.0.0.1:{server.port}/metrics")
        say(f"{scenario.world.households:,} households publish to {broker.describe()}")

        direct = broker.endpoint(scenario.mqtt.version)
        limits, origin = settings.reach.limits_for(direct), time.monotonic()
        manifest = msgspec.structs.replace(manifest, origin=datetime.now(UTC))
        folder.write_manifest(manifest)
        trial_plan = Plan(scenario, direct, None, limits=limits, origin=origin)
        trial = stack.enter_context(Trial(trial_plan, broker, settings.place, folder, say))
        trial.start(stopped)
        timeline = stack.enter_context(Timeline(folder))

        def report(standing: Standing) -> None:
            trial.look()
            snapshot = standing.snapshot(time.monotonic() - begin)
            collector.update(snapshot)
            timeline.note(time.monotonic() - origin, snapshot)
            watch(_update(scenario, standing, snapshot.elapsed))

        endpoint, network = direct, None
        if conditions := network_conditions(scenario.faults):
            proxy = stack.enter_context(NetworkProxy(endpoint, conditions, scenario.seed))
            endpoint, network = proxy.endpoint, proxy.switch
        plan = Plan(scenario, endpoint, folder, limits=limits, network=network, origin=origin)
        ended = settings.crew.carry(plan, report, lambda: stopped() or trial.death is not None)
        report(ended.standing)
        timeline.finish(time.monotonic() - origin, ended.standing.snapshot())
        trial.conclude(stopped)
        if scenario.audit and ended.complete:
            say("auditing the broker's access control")
            audit_run(broker, plan, folder, stopped)
        summary = _summary(plan, _after(trial, ended, stopped), broker.describe(), trial)
        write_summary(folder, summary)
        if isinstance(broker, RemoteBroker):
            cleaned = _clean_up(broker.endpoint(scenario.mqtt.version), scenario, folder, limits, say)
            summary = msgspec.structs.replace(summary, clean_up=cleaned)
            write_summary(folder, summary)
        folder.write_manifest(
            msgspec.structs.replace(manifest, ended=datetime.now(UTC), complete=ended.complete)
        )
        verification = None
        if scenario.taps or scenario.controls:
            summary, verification = judge(summary, scenario, folder)
            write_summary(folder, summary)
        write_junit(folder, summary)
        write_page(folder)
        collector.judge(for_metrics(summary, verification))
        if gateway is not None:
            gateway.push(collector.registry, scenario.name)
        if settings.metrics_port is not None:
            _linger(settings.metrics_linger, stopped)
    return summary


def _after(trial: Trial, ended: Ended, stopped: Callable[[], bool]) -> Ended:
    """Return how a load ended; it failed if a control ended before it, unless the user ended both."""
    if trial.death is None or stopped():
        return ended
    return replace(ended, interrupted=False, failure=ended.failure or trial.death)


def _clean_up(
    endpoint: Endpoint, scenario: Scenario, folder: RunFolder, limits: Limits, say: Callable[[str], None]
) -> CleanUp | None:
    """Remove what the run has left on a broker that outlives it; return None if that can be nothing."""
    if not (scenario.mqtt.leaves_sessions or scenario.leaves_retained or scenario.attacks):
        return None
    say("removing retained messages and sessions of the run from the broker")
    # Not to be stopped by the first Ctrl-C, which may have ended the load; a second one ends this too.
    return clean(endpoint, scenario, remains_of(folder, scenario), limits, say=say)


def _linger(seconds: float, stopped: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stopped():
        time.sleep(0.05)


def _update(scenario: Scenario, standing: Standing, elapsed: float) -> Update:
    return Update(
        elapsed=elapsed,
        simulated=standing.simulated,
        duration=scenario.duration,
        clock=f"{Calendar(scenario.start, scenario.zone).local(standing.simulated):%a %H:%M}",
        asked=standing.connections.asked,
        connected=standing.connections.now_connected,
        sent=standing.tally.totals().finished,
        lag=standing.behind,
        queue_depth=standing.queued,
    )


def _summary(plan: Plan, ended: Ended, broker: str, trial: Trial) -> Summary:
    scenario = plan.scenario
    standing = ended.standing
    counts = standing.connections
    return summarize(
        standing.tally,
        Connections(
            asked=counts.asked,
            reached=counts.reached,
            lost=counts.lost,
            reconnected=counts.reconnected,
            unreached=tuple(
                Unreached(session.device, session.reason or session.state, session.attempts)
                for session in standing.at_fault
                if not session.denied
            ),
            denied=tuple(
                Denied(session.device, session.reason or session.state, session.denied)
                for session in standing.at_fault
                if session.denied
            ),
        ),
        thresholds=[one for one in map(parse_threshold, scenario.thresholds) if isinstance(one, Threshold)],
        scenario=scenario.name,
        seed=scenario.seed,
        load=_pace(scenario),
        open_loop=plan.pacer.open_loop,
        broker=broker,
        transports=standing.transports,
        simulated_seconds=standing.simulated,
        seconds=ended.seconds,
        cpu_seconds=standing.cpu_seconds,
        peak_rss_bytes=standing.rss_bytes,
        interrupted=ended.interrupted,
        failure=ended.failure,
        witness=standing.witnessed,
        held_back=standing.held_back,
        refusals=standing.refusals,
        egress=trial.rows,
        distrust=trial.distrust,
        attacks=_attacks(standing) if scenario.attacks else None,
    )


def _attacks(standing: Standing) -> Attacks:
    counts = standing.outsiders
    return Attacks(
        connections=AttackConnections(counts.asked, counts.reached, counts.refused, counts.lost),
        messages=attack_messages(standing.truths),
        held_back=dict(standing.kept_out),
    )


def _pace(scenario: Scenario) -> str:
    parts = []
    if scenario.rate is not None:
        parts.append(f"{scenario.rate:,g} messages/s")
    if scenario.speed is not None:
        speed = scenario.speed
        parts.append(f"speed {speed:,g}" if isinstance(speed, float) else f"speed {speed}")
    if scenario.stages is not None:
        count = len(scenario.stages)
        parts.append("1 stage" if count == 1 else f"{count} stages")
    return ", ".join(parts)
