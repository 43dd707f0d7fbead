"""``fleetsim report``: the page of a run, or its summary in Markdown."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.files import write_text
from simulator.core.errors import UsageError


@click.command(
    epilog="""\b
Examples:
  fleetsim report runs/home
  fleetsim report runs/home --against runs/home-before --open
  fleetsim report runs/home -o home.html
  fleetsim report runs/home --markdown >> "$GITHUB_STEP_SUMMARY\""""
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="RUN",
    type=click.Path(path_type=Path),
    help="An earlier run: each figure beside its own, and what came to something else.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The page, or the Markdown; RUN/report.html, or stdout for Markdown, if left out.",
)
@click.option(
    "--markdown", "as_markdown", is_flag=True, help="A short summary in Markdown instead of a page."
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
def command(run: Path, against: Path | None, output: Path | None, as_markdown: bool, opens: bool) -> None:
    """Make the report of a run.

    RUN is the folder of a run, or of a drill. The page is one file that needs no network: what was asked and
    what was reached, the run over time with its faults and attacks, latency, thresholds, and the verdicts of
    fleetsim verify with their evidence. A run leaves it in its folder; this makes it again, also of a run
    that was killed, from what that has written.

    The exit code says whether the report was made, not how the run ended.
    """
    if opens and as_markdown:
        raise click.UsageError("--open shows the page: leave out --markdown")
    from simulator.report.run import Result, read_report, read_result, render_markdown, render_page
    from simulator.truth import RunFolder

    folder = RunFolder.open(run, drill=True)
    result = read_report(folder)
    if against is not None and not isinstance(result, Result):
        raise UsageError(f"{run} is of a drill: name the run against one broker, such as {run}/NAME")
    earlier = None if against is None else read_result(RunFolder.open(against))
    if as_markdown:
        text = render_markdown(result, earlier)
        if output is None:
            click.echo(text, nl=False)
            return
    else:
        text = render_page(result, earlier)
    path = output or folder.page
    write_text(path, text)
    click.echo(f"wrote {path}", err=True)
    if opens:
        click.launch(str(path))
