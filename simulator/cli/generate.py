"""``fleetsim generate``: the stream into a file, without a broker."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.choice import Choice
from simulator.cli.interrupt import Interrupt
from simulator.cli.options import scenario_options
from simulator.core.errors import ExitCode
from simulator.core.process import peak_rss_bytes
from simulator.core.shard import Shard

if TYPE_CHECKING:
    from simulator.generator import Generated
    from simulator.scenario import Scenario

MEGABYTE = 1 << 20


def _shard(_context: click.Context, _parameter: click.Parameter, text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(
    epilog="""\b
Examples:
  fleetsim generate quickstart -o stream.jsonl
  fleetsim generate quickstart -o - | head
  fleetsim generate retail_day --scale 20 --shard 0/2 -o half.jsonl
  fleetsim generate wearable_week -o week.parquet --truth truth-of-week"""
)
@scenario_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    required=True,
    help="Ends in .jsonl or .parquet; - for JSON lines on standard output.",
)
@click.option(
    "--truth",
    "truth_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also write the truth about people, consent and messages, as a run does.",
)
@click.option(
    "--shard", callback=_shard, default="0/1", metavar="I/N", help="Simulate only this share of the fleet."
)
@click.option("--quiet", is_flag=True, help="No progress; nothing on stderr but errors.")
def command(choice: Choice, output: Path, truth_folder: Path | None, shard: Shard, quiet: bool) -> int:
    """Write the messages that SCENARIO would send to a file, as fast as they can be simulated.

    The same scenario, seed and shard give the same bytes. Lines of several shards, merged by time and
    device, are those of the whole. Speed, rate and broker play no part.
    """
    with Interrupt() as stopped, ExitStack() as stack:
        from rich.console import Console

        from simulator.generator import generate, open_sink, truth_beside

        scenario = choice.load()
        stderr = Console(stderr=True, quiet=quiet)
        sink = open_sink(output, stack)
        truth = truth_beside(truth_folder, scenario, shard, stack) if truth_folder else None
        begin = time.monotonic()
        status = stack.enter_context(stderr.status("simulating ...")) if stderr.is_terminal else None

        def progress(at: float, messages: int) -> None:
            if status is not None:
                rate = messages / (time.monotonic() - begin)
                status.update(f"{at / scenario.duration:4.0%}  {messages:,} messages  {rate:,.0f}/s")

        generated = generate(
            scenario,
            sink,
            shard=shard,
            truth=truth.writer if truth else None,
            progress=progress,
            stopped=stopped,
        )
        if truth is not None and generated.complete:
            truth.complete()
    stderr.print(_told(generated, scenario, time.monotonic() - begin), soft_wrap=True, highlight=False)
    return ExitCode.OK if generated.complete else ExitCode.INTERRUPTED


def _told(generated: Generated, scenario: Scenario, seconds: float) -> str:
    return (
        f"{scenario.name}: {generated.messages:,} messages of {generated.devices:,} devices "
        f"in {seconds:.1f} s ({generated.messages / seconds:,.0f} messages/s, "
        f"{generated.events / seconds:,.0f} events/s); {generated.bytes_per_device:,.0f} bytes a device, "
        f"{peak_rss_bytes() / MEGABYTE:,.0f} MB at most"
        + ("" if generated.complete else "; interrupted before its end")
    )
