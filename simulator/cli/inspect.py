"""``fleetsim inspect``: what is simulated in pictures, and beside what published studies found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from simulator.cli.interrupt import Interrupt
from simulator.core.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from simulator.calibration import Finding

Progress = Callable[[str, float], None]


@click.command(
    epilog="""\b
Examples:
  fleetsim inspect --calibration
  fleetsim inspect --calibration --only wearable --only shrink
  fleetsim inspect --calibration --json > calibration.json"""
)
@click.option(
    "--calibration",
    "calibrated",
    is_flag=True,
    help="Hold a reference population against published figures, in one to three minutes.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Only this target or family; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one object for machines.")
@click.option("--quiet", is_flag=True, help="No progress; nothing on stderr but errors.")
def command(calibrated: bool, only: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Hold the simulated people, homes and shops against published figures.

    Each row of the calibration has a published target, the value of a reference population with its 95 %
    interval, and a verdict: held, missed or left out. Exits with 3 if a row is missed.
    """
    if not calibrated:
        raise click.UsageError("say what to inspect: --calibration")
    with Interrupt() as stopped:
        import msgspec
        from rich.console import Console

        from simulator.calibration import Verdict, row
        from simulator.calibration.table import print_findings

        with _status(Console(stderr=True, quiet=quiet)) as progress:
            findings = _calibrate(only, progress, stopped)
        if as_json:
            click.echo(msgspec.json.encode({"calibration": [row(finding) for finding in findings]}))
        else:
            print_findings(findings, Console())
        if stopped():
            return ExitCode.INTERRUPTED
        missed = any(finding.verdict is Verdict.MISSED for finding in findings)
        return ExitCode.THRESHOLD_FAILED if missed else ExitCode.OK


def _calibrate(only: tuple[str, ...], progress: Progress, stopped: Callable[[], bool]) -> list[Finding]:
    """Return the findings in the order of the targets; only those that were reached, if stopped."""
    from simulator.calibration import calibrate, select

    targets = select(only)
    order = {target.id: number for number, target in enumerate(targets)}
    findings = calibrate(targets, progress=progress, stopped=stopped)
    return sorted(findings, key=lambda finding: order[finding.target.id])


@contextmanager
def _status(console: Console) -> Iterator[Progress]:
    """Yield what shows how far a simulation is: a live line on a terminal, a line for each elsewhere."""
    if console.is_terminal:
        with console.status("starting ...") as status:
            yield lambda what, share: status.update(f"{share:4.0%}  {what}")
        return
    said: set[str] = set()

    def say(what: str, _share: float) -> None:
        if what not in said:
            said.add(what)
            console.print(f"simulating {what} ...", highlight=False, soft_wrap=True)

    yield say
