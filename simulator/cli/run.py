"""``fleetsim run``: a scenario against a broker."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from simulator.api import MOST_WORKERS, launch, settled
from simulator.choice import Choice
from simulator.cli.interrupt import Interrupt
from simulator.cli.options import scenario_options
from simulator.cli.screen import columns, folded
from simulator.cli.target import TargetChoice, duration, target_options


def _workers(_context: click.Context, _parameter: click.Parameter, text: str) -> int | None:
    if text == "auto":
        return None
    if text.isdecimal() and 1 <= int(text) <= MOST_WORKERS:
        return int(text)
    raise click.BadParameter(f"write a number from 1 to {MOST_WORKERS}, or auto, not {text!r}")


@click.command(
    epilog="""\b
Examples:
  fleetsim run quickstart
  fleetsim run quickstart --broker mosquitto --speed max
  fleetsim run home.yaml --rate 500/s --duration 1h -o results
  fleetsim run ci_smoke --json --quiet
  fleetsim run quickstart --metrics-port 9464 --metrics-linger 1m"""
)
@scenario_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The run's folder; runs/NAME-TIME if left out.",
)
@target_options
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Serve Prometheus metrics on this port of 127.0.0.1; 0 for a free one.",
)
@click.option(
    "--metrics-linger",
    callback=duration,
    default="0s",
    metavar="TIME",
    help="Go on serving metrics for so long after the end, so that a last scrape sees it.",
)
@click.option(
    "--push-to",
    metavar="URL",
    help="Push the metrics to this Prometheus Pushgateway at the end, for runs too short to be scraped.",
)
@click.option(
    "--workers",
    callback=_workers,
    default="1",
    metavar="N",
    help="Processes that share the fleet; auto for one a processor core.",
)
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of text.")
@click.option("--quiet", is_flag=True, help="No progress; nothing on stderr but errors.")
def command(
    choice: Choice,
    output: Path | None,
    target: TargetChoice,
    metrics_port: int | None,
    metrics_linger: float,
    push_to: str | None,
    workers: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Run SCENARIO, a file or the name of a shipped one, against a broker.

    Leaves a folder with the truth about every message, how it was delivered, and a summary. A scenario with
    brokers of its own, a drill, is run against each of them.

    It sends to this machine only, unless --allow-target names another. Then it prints a command that
    publishes a new number, which you run with credentials of your own, and begins when that has arrived.
    A broker where devices may publish it themselves is refused, and so are public ones. Retained messages
    and persistent sessions are removed at the end; see also fleetsim clean.

    Exits with 0 if all held, 1 if the run failed, 2 for a mistake in the scenario, 3 if a threshold was
    not kept, 4 if the figures cannot be trusted, 5 if the broker may not be sent to, 130 after Ctrl-C.
    """
    with Interrupt() as stopped:
        from rich.console import Console

        from simulator.report import (
            DrillSummary,
            Progress,
            encode_summary,
            print_drill,
            print_summary,
            read_timeline,
        )
        from simulator.truth import RunFolder

        stderr, width = Console(stderr=True), columns(sys.stderr)

        def say(line: str) -> None:
            if not quiet:
                stderr.print(folded(line, width), soft_wrap=True, highlight=False, markup=False)

        with Progress(stderr, quiet) as progress:
            scenario = choice.load()
            settings = settled(
                scenario,
                reach=target.reach(),
                output=output,
                place=choice.place(),
                workers=workers,
                metrics_port=metrics_port,
                metrics_linger=metrics_linger,
                push_to=push_to,
            )
            done = launch(scenario, settings, progress.update, say, stopped)
        if as_json:
            click.echo(encode_summary(done.summary).decode(), nl=False)
        elif isinstance(done.summary, DrillSummary):
            print_drill(done.summary, done.folder, Console())
        else:
            print_summary(done.summary, done.folder, Console(), read_timeline(RunFolder(done.folder)))
    return done.exit_code
