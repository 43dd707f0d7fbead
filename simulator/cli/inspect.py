"""``fleetsim inspect``: what is simulated in pictures, and beside what published studies found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.choice import Choice
from simulator.cli.interrupt import Interrupt
from simulator.cli.options import optional_scenario_options
from simulator.core.errors import ExitCode, RunFailedError

if TYPE_CHECKING:
    from rich.console import Console

    from simulator.calibration import Finding
    from simulator.inspect import Seen

Progress = Callable[[str, float], None]
"""Told what is simulated, and the share of it that is over."""

Stopped = Callable[[], bool]

MOST_WORKERS = 4
"""Processes on which cohorts are simulated; more would wait for the slowest cohort."""


@click.command(
    epilog="""\b
Examples:
  fleetsim inspect quickstart --open
  fleetsim inspect wearable_week --household n0-h3 -o week.html
  fleetsim inspect retail_day --scale 0.3 --json > retail.json
  fleetsim inspect --calibration
  fleetsim inspect --calibration --only wearable --only shrink
  fleetsim inspect quickstart --calibration -o page.html"""
)
@optional_scenario_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The page; SCENARIO's name with .html if left out.",
)
@click.option("--household", metavar="ID", help="Whose day to show, such as n0-h3; a lively one if left out.")
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--calibration",
    "calibrates",
    is_flag=True,
    help="Hold a reference population against published figures; takes some minutes.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Only this target or family; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one object for machines instead of a page.")
@click.option("--quiet", is_flag=True, help="No progress; nothing on stderr but errors.")
def command(
    choice: Choice | None,
    output: Path | None,
    household: str | None,
    opens: bool,
    calibrates: bool,
    only: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Show what SCENARIO simulates, and hold the model against published figures.

    The page is one file that needs no network: a household's day on one time axis, traffic by hour and day,
    distributions, and a map of the town. Nothing is sent; broker, speed and rate play no part.

    With --calibration, a reference population of its own is simulated, whatever the scenario. Each row has a
    published target, the simulated value with its 95 % interval, and a verdict: held, missed or left out.
    Exits with 3 if a row is missed.
    """
    _check(choice, output, household, opens, calibrates, only)
    with Interrupt() as stopped:
        from rich.console import Console

        stderr = Console(stderr=True, quiet=quiet)
        with _status(stderr) as progress:
            seen = _look(choice, household, progress, stopped) if choice else None
            findings = _calibrate(only, progress, stopped) if calibrates and not stopped() else None
        if as_json:
            _print_json(seen, findings)
        elif findings is not None and (output is None or not quiet):
            from simulator.calibration.table import print_findings

            print_findings(findings, Console())
        path = output or (Path(f"{seen.scenario.name}.html") if seen and not as_json else None)
        if path is not None:
            _write(path, seen, findings)
            stderr.print(f"wrote {path}", highlight=False, soft_wrap=True)
            if opens:
                click.launch(str(path))
        return _exit_code(findings, stopped)


def _check(
    choice: Choice | None,
    output: Path | None,
    household: str | None,
    opens: bool,
    calibrates: bool,
    only: tuple[str, ...],
) -> None:
    """Refuse what cannot be meant."""
    if choice is None and not calibrates:
        raise click.UsageError(
            "name a SCENARIO, or ask for --calibration; fleetsim list scenarios names some"
        )
    if choice is None and household is not None:
        raise click.UsageError("--household needs a SCENARIO to find it in")
    if only and not calibrates:
        raise click.UsageError("--only chooses rows of the calibration: add --calibration")
    if opens and choice is None and output is None:
        raise click.UsageError("--open needs a page: name a SCENARIO, or a file with -o")


def _look(choice: Choice, household: str | None, progress: Progress, stopped: Stopped) -> Seen:
    """Return the scenario as it was seen; up to where it was stopped."""
    from simulator.inspect import Seen

    seen = Seen(choice.load(), household)
    seen.live(lambda share: progress(seen.scenario.name, share), stopped)
    return seen


def _calibrate(only: tuple[str, ...], progress: Progress, stopped: Stopped) -> list[Finding]:
    """Return the findings in the order of the targets; only those that were reached, if stopped."""
    from simulator.calibration import calibrate_on, select

    targets = select(only)
    order = {target.id: number for number, target in enumerate(targets)}
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    findings = calibrate_on(workers, targets, progress=progress, stopped=stopped)
    return sorted(findings, key=lambda finding: order[finding.target.id])


def _print_json(seen: Seen | None, findings: list[Finding] | None) -> None:
    import msgspec

    from simulator.calibration import row
    from simulator.inspect import overview

    told: dict[str, Any] = {} if seen is None else overview(seen)
    if findings is not None:
        told["calibration"] = [row(finding) for finding in findings]
    click.echo(msgspec.json.encode(told))


def _write(path: Path, seen: Seen | None, findings: list[Finding] | None) -> None:
    from simulator.inspect import render

    try:
        path.write_text(render(seen, findings), encoding="utf-8")
    except OSError as error:
        raise RunFailedError(f"cannot write {path}: {error.strerror}; choose another file with -o") from error


def _exit_code(findings: list[Finding] | None, stopped: Stopped) -> ExitCode:
    from simulator.calibration import Verdict

    if stopped():
        return ExitCode.INTERRUPTED
    missed = any(finding.verdict is Verdict.MISSED for finding in findings or ())
    return ExitCode.THRESHOLD_FAILED if missed else ExitCode.OK


@contextmanager
def _status(console: Console) -> Iterator[Progress]:
    """Yield what shows how far a simulation is: a live line on a terminal, a line for each elsewhere."""
    if console.is_terminal and not console.quiet:
        with console.status("starting ...") as status:
            yield lambda what, share: status.update(f"{share:4.0%}  {what}")
        return
    said: set[str] = set()

    def say(what: str, _share: float) -> None:
        if what not in said:
            said.add(what)
            console.print(f"simulating {what} ...", highlight=False, soft_wrap=True)

    yield say
