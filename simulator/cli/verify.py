"""``fleetsim verify``: score a control by what came out of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.reports import Reports, report_options
from simulator.core.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import Console


@click.command(
    epilog="""\b
Examples:
  fleetsim verify runs/home
  fleetsim verify runs/home --egress redactor=out.jsonl --only leak --only redaction
  fleetsim verify runs/home --egress counts.parquet --against runs/home-without-one --json
  fleetsim verify runs/drill --alerts guard=eve.json --only detection --only false_alarms
  fleetsim verify runs/home --junit junit.xml --sarif home.sarif --markdown comment.md --html home.html
  fleetsim list checks"""
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--egress",
    metavar="[CONTROL=]SRC",
    multiple=True,
    help="What came out: a file (.jsonl, .csv, .parquet, .sqlite, .duckdb, .txt) or a folder of such files; "
    "may be repeated. What the run's taps recorded if left out.",
)
@click.option(
    "--alerts",
    metavar="[CONTROL=]SRC",
    multiple=True,
    help="What a detector told: a file or folder of alerts (JSON, syslog, EVE, logs of Zeek); may be "
    "repeated. What the run's taps on detectors recorded if left out.",
)
@click.option("--purpose", default="analytics", show_default=True, help="What the consumers of SRC are for.")
@click.option(
    "--input",
    "heard",
    metavar="SRC",
    type=click.Path(path_type=Path),
    help="What went in, to tell what was destroyed needlessly.",
)
@click.option("--only", metavar="CHECK", multiple=True, help="Make this check; may be repeated.")
@click.option(
    "--against",
    metavar="RUN",
    type=click.Path(path_type=Path),
    help="The same run with one person more or less, to audit differential privacy; or without attacks, for "
    "the harm that they did.",
)
@report_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(
    run: Path,
    egress: tuple[str, ...],
    alerts: tuple[str, ...],
    purpose: str,
    heard: Path | None,
    only: tuple[str, ...],
    against: Path | None,
    reports: Reports,
    as_json: bool,
    quiet: bool,
) -> ExitCode:
    """Score controls by what came out of them, against the truth of a run.

    RUN is the folder of the run. Each check gives each control a verdict: held, failed, or untrusted where
    nothing may be concluded, since there is too little evidence, the load did not keep up, or the output is
    broken or of another run. The result is also left as RUN/verify.json.

    The exit code is 0 if all held, 3 if one failed, and 4 if none failed but one is untrusted.
    """
    from rich.console import Console

    from simulator.report.verification import print_verification
    from simulator.verify import Source, encode_verification, verify

    sources = [Source.parse(text, purpose) for text in egress]
    console = Console(stderr=True, quiet=quiet)
    told = [Source.parse(text, purpose, "--alerts") for text in alerts]
    verification = verify(
        run,
        sources,
        alerts=told,
        only=only,
        against=against,
        heard=heard,
        progress=_telling(console),
    )
    for path in reports.write(verification):
        console.print(f"wrote {path}", highlight=False, soft_wrap=True, markup=False)
    if as_json:
        click.echo(encode_verification(verification), nl=False)
    else:
        print_verification(verification, Console())
    return verification.exit_code


def _telling(console: Console) -> Callable[[str], None]:
    """Return what shows progress: a line each."""
    return lambda what: console.print(f"{what} ...", highlight=False, soft_wrap=True, markup=False)
