"""``fleetsim clean``: what a run that was killed has left on its broker."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.interrupt import Interrupt
from simulator.cli.target import TargetChoice, target_options
from simulator.core.errors import ExitCode


@click.command(
    epilog="""\b
Examples:
  fleetsim clean runs/home-20260302-170000
  fleetsim clean runs/home-20260302-170000 --broker mqtt://USER:PASSWORD@127.0.0.1:1883"""
)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.option(
    "--broker", metavar="URL", help="The broker; that of the run, without credentials, if left out."
)
@target_options
def command(run: Path, broker: str | None, target: TargetChoice) -> int:
    """Remove from a broker what RUN, the folder of a run, has left there.

    A run removes its retained messages and persistent sessions itself when it ends. One that was killed
    cannot; this does it then, and may be repeated.

    Exits with 0 if nothing is left, 1 if something is, 5 if the broker may not be sent to.
    """
    with Interrupt() as stopped:
        from simulator.broker import OwnBroker
        from simulator.cleaning import clean, devices_of, remains_of, scenario_of
        from simulator.plan import Plan
        from simulator.truth import RunFolder

        folder = RunFolder.open(run, drill=True)
        scenario = scenario_of(folder)
        where = broker or scenario.mqtt.broker
        if where in list(OwnBroker):
            click.echo("the run had a broker of its own, which has gone with all that it kept")
            return ExitCode.OK
        remains = remains_of(folder, scenario)
        if not remains.any:
            click.echo("the run left nothing: its sessions were clean and its messages not retained")
            return ExitCode.OK
        reach = target.reach()
        with reach.open(
            where,
            scenario.mqtt.version,
            lambda: next(devices_of(scenario), scenario.name),
            lambda endpoint: Plan(scenario, endpoint, None).delivery_options,
            stopped,
        ) as handle:
            endpoint = handle.endpoint(scenario.mqtt.version)
            done = clean(
                endpoint,
                scenario,
                remains,
                reach.limits_for(endpoint),
                say=lambda line: click.echo(line, err=True),
                stopped=stopped,
            )
    click.echo(f"removed {done.retained:,} retained messages and {done.sessions:,} sessions")
    if stopped():
        return ExitCode.INTERRUPTED
    if done.left:
        click.echo(f"{done.left:,} could not be removed: {', '.join(done.reasons)}", err=True)
    return ExitCode.RUN_FAILED if done.left else ExitCode.OK
