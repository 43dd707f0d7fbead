"""The Python interface: `run`, `drill` and `generate`, handed out by the package and used by its commands.

Nothing here prints. What takes long to import is imported when it is called.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from simulator.choice import CLEARS, Choice
from simulator.core.errors import UsageError
from simulator.result import Drill, Run
from simulator.stream import Stream

if TYPE_CHECKING:
    from simulator.core.shard import Shard
    from simulator.reach import Reach
    from simulator.report import Update
    from simulator.runner import RunSettings
    from simulator.scenario import Scenario, Source

MOST_WORKERS = 256


def run(
    scenario: Source,
    *,
    broker: str | None = None,
    seed: int | None = None,
    duration: float | str | None = None,
    speed: float | Literal["max"] | None = None,
    rate: float | str | None = None,
    scale: float | None = None,
    changes: Mapping[str, object] | None = None,
    output: str | Path | None = None,
    place: str | Path | None = None,
    workers: int | Literal["auto"] = 1,
    metrics_port: int | None = None,
    push_to: str | None = None,
    allow_targets: Collection[str] = (),
    limits: Mapping[str, int] | None = None,
    progress: Callable[[Update], None] | None = None,
    say: Callable[[str], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Run:
    """Run a scenario against a broker, as ``fleetsim run`` does, and return its result.

    A threshold that is missed and a control that fails are results, not errors: see `Run.passed`.

    Args:
        scenario: a file, the name of a shipped scenario, a mapping of what a file would hold (quantities
            are texts with units there, such as ``"6h"``), or a scenario that was validated before.
        broker: ``embedded``, ``mosquitto`` or a URL.
        seed: the same seed gives the same messages.
        duration: simulated time, as text such as ``"6h"`` or in seconds.
        speed: simulated seconds a second; replaces rate and stages.
        rate: messages a second, also as text such as ``"500/s"``; replaces speed and stages.
        scale: multiplies households and shops.
        changes: any other field by its dotted path, such as ``{"devices.0.qos": 2}``.
        output: the run's folder; ``runs/NAME-TIME`` if left out.
        place: the folder in which controls run; that of the scenario's file if left out.
        workers: processes that share the fleet; ``"auto"`` for one a processor core.
        metrics_port: serves Prometheus metrics on 127.0.0.1 meanwhile; 0 for any free port, which `say` is
            told.
        push_to: URL of a Prometheus Pushgateway that gets the metrics at the end; on this machine, or at one
            of `allow_targets`.
        allow_targets: hosts beyond this machine that may be sent to, once you have proven that you control
            them by what `say` is told.
        limits: hard caps that differ from the usual ones, by name, such as ``{"connections": 20_000}``.
        progress: told about twice a second how the run stands.
        say: told what a user wants to know, a line at a time.
        stopped: asked many times a second; the run ends early, with all that it has, when it says yes.

    Raises:
        ScenarioError: with everything wrong in the scenario and in what is changed, not only the first.
        UsageError: the folder is taken, or something is asked for that cannot be, such as a drill.
        TargetRefusedError: the broker is not one that may be sent to.
        RunFailedError: the broker cannot be started or does not answer, or a file or port cannot be had.
    """
    from simulator.reach import Reach

    if allow_targets and say is None:
        raise UsageError("allow_targets needs say: it is told how to prove that you control the broker")
    choice = chosen(
        scenario,
        scale=scale,
        changes=changes,
        broker=broker,
        seed=seed,
        duration=duration,
        speed=speed,
        rate=rate,
    )
    if (loaded := choice.load()).brokers:
        raise UsageError(
            f"{loaded.name} is a drill with brokers of its own: use simulator.drill, or leave them out with "
            'changes={"brokers": []}'
        )
    settings = settled(
        loaded,
        reach=Reach(frozenset(allow_targets), limits=limits or {}, ask=say or _nothing),
        output=output,
        place=choice.place() if place is None else place,
        workers=None if workers == "auto" else workers,
        metrics_port=metrics_port,
        push_to=push_to,
    )
    return _run(loaded, settings, progress or _nothing, say or _nothing, stopped or _never)


def drill(
    scenario: Source,
    *,
    seed: int | None = None,
    duration: float | str | None = None,
    changes: Mapping[str, object] | None = None,
    output: str | Path | None = None,
    workers: int | Literal["auto"] = 1,
    progress: Callable[[Update], None] | None = None,
    say: Callable[[str], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Drill:
    """Run a scenario against each of the brokers that it names, and return what came of it.

    A verdict that is not as the scenario knows it is a result, not an error: see `Drill.passed`.

    Args:
        scenario: as for `run`, such as ``"attack_drill"``.
        seed: the same seed gives the same messages and attacks.
        duration: simulated time, as text such as ``"6h"`` or in seconds.
        changes: any other field by its dotted path.
        output: the drill's folder, with one in it for each broker; ``runs/NAME-TIME`` if left out.
        workers: processes that share the fleet; ``"auto"`` for one a processor core.
        progress: told about twice a second how the run stands that goes on.
        say: told what a user wants to know, a line at a time.
        stopped: asked many times a second; the drill ends early, with all that it has, when it says yes.

    Raises:
        ScenarioError: with everything wrong in the scenario and in what is changed, not only the first.
        UsageError: the scenario names no brokers, the folder is taken, or a package is missing.
        RunFailedError: Mosquitto is not installed or does not start.
    """
    from simulator.reach import Reach

    choice = chosen(scenario, changes=changes, seed=seed, duration=duration)
    if not (loaded := choice.load()).brokers:
        raise UsageError(f"{loaded.name} names no brokers to be run against: use simulator.run")
    settings = settled(
        loaded,
        reach=Reach(ask=say or _nothing),
        output=output,
        place=choice.place(),
        workers=None if workers == "auto" else workers,
    )
    return _drill(loaded, settings, progress or _nothing, say or _nothing, stopped or _never)


def generate(
    scenario: Source,
    *,
    seed: int | None = None,
    duration: float | str | None = None,
    scale: float | None = None,
    changes: Mapping[str, object] | None = None,
    shard: Shard | None = None,
) -> Stream:
    """Return all that a scenario's fleet does, with what is true about each message; nothing is sent.

    Args:
        scenario: as for `run`.
        seed: the same seed gives the same messages.
        duration: simulated time, as text such as ``"6h"`` or in seconds.
        scale: multiplies households and shops.
        changes: any other field by its dotted path.
        shard: only this share of the fleet.

    Raises:
        ScenarioError: with everything wrong in the scenario and in what is changed.
    """
    choice = chosen(scenario, scale=scale, changes=changes, seed=seed, duration=duration)
    return Stream(choice.load(), shard)


def chosen(
    scenario: Source,
    *,
    scale: float | None = None,
    changes: Mapping[str, object] | None = None,
    **options: float | str | None,
) -> Choice:
    """Return a scenario with what a caller changes about it.

    Raises:
        ScenarioError: a change is nothing that a file could hold.
        UsageError: two options are given that cannot go together.
    """
    from simulator.scenario import written

    choice = Choice(scenario, scale, scale_label=f"scale={scale}")
    for path, value in (changes or {}).items():
        label = choice.labels[path] = f"changes[{path!r}]"
        choice.overrides[path] = written(value, label)
    given = {name: value for name, value in options.items() if value is not None}
    for option, value in given.items():
        if other := next((one for one in CLEARS.get(option, ()) if one in given), None):
            raise UsageError(f"give {option} or {other}, not both")
        choice.override(option, _text(option, value), f"{option}={value!r}")
    return choice


def launch(
    scenario: Scenario,
    settings: RunSettings,
    progress: Callable[[Update], None],
    say: Callable[[str], None],
    stopped: Callable[[], bool],
) -> Run | Drill:
    """Run a scenario, against each of its brokers if it names some; see `run` and `drill`."""
    return (_drill if scenario.brokers else _run)(scenario, settings, progress, say, stopped)


def settled(
    scenario: Scenario,
    *,
    reach: Reach,
    output: str | Path | None,
    place: str | Path,
    workers: int | None,
    metrics_port: int | None = None,
    metrics_linger: float = 0.0,
    push_to: str | None = None,
) -> RunSettings:
    """Return the settings of a run.

    Args:
        scenario: what is to be run.
        reach: how far the run may send.
        output: the run's folder; the usual one if left out.
        place: the folder in which controls run.
        workers: None for one a processor core, as far as there are neighbourhoods for them.
        metrics_port: as for `run`.
        metrics_linger: seconds to go on serving metrics after the end.
        push_to: as for `run`.

    Raises:
        UsageError: there cannot be so many workers.
    """
    from datetime import datetime

    from simulator.cluster import Workers
    from simulator.runner import Alone, RunSettings
    from simulator.truth import RunFolder

    count = min(os.cpu_count() or 1, scenario.neighbourhoods) if workers is None else workers
    if not 1 <= count <= MOST_WORKERS:
        raise UsageError(f"there can be 1 to {MOST_WORKERS} workers, not {count}")
    return RunSettings(
        folder=RunFolder.usual(scenario.name, datetime.now().astimezone())
        if output is None
        else Path(output),
        place=Path(place),
        reach=reach,
        metrics_port=metrics_port,
        metrics_linger=metrics_linger,
        push_to=push_to,
        crew=Alone() if count == 1 else Workers(count),
    )


def _run(
    scenario: Scenario,
    settings: RunSettings,
    progress: Callable[[Update], None],
    say: Callable[[str], None],
    stopped: Callable[[], bool],
) -> Run:
    from simulator.runner import run as run_scenario

    summary = run_scenario(scenario, settings, watch=progress, say=say, stopped=stopped)
    return Run(settings.folder, summary)


def _drill(
    scenario: Scenario,
    settings: RunSettings,
    progress: Callable[[Update], None],
    say: Callable[[str], None],
    stopped: Callable[[], bool],
) -> Drill:
    from simulator.drill_runner import run_drill

    summary = run_drill(scenario, settings, watch=progress, say=say, stopped=stopped)
    return Drill(settings.folder, summary)


def _text(option: str, value: float | str) -> str:
    """Return an option's value as a file would hold it: a bare number gets the unit that it has."""
    if isinstance(value, str) or option not in _UNITS:
        return str(value)
    from decimal import Decimal

    # Not in powers of ten, as a float may write itself.
    return f"{Decimal(repr(value)):f}{_UNITS[option]}"


_UNITS = {"duration": "s", "rate": "/s"}


def _nothing(_told: object) -> None:
    """Take what nobody wants to know."""


def _never() -> bool:
    return False
