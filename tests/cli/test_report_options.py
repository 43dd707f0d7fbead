from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from simulator.cli.reports import Reports, report_options
from simulator.core.errors import RunFailedError
from simulator.verify import Join, Verdict, Verification

NOTHING = Verification(
    status=Verdict.UNTRUSTED,
    run="runs/x",
    scenario="x",
    join=Join(),
    distrust=("no output",),
    sources=(),
    checks=(),
)


@click.command()
@click.argument("run")
@report_options
def command(run: str, reports: Reports) -> None:
    click.echo(f"{run}: {len(reports.write(NOTHING))} written")


def test_the_reports_asked_for_are_written_and_no_others(tmp_path: Path) -> None:
    files = [f"--{form}={tmp_path / form}" for form in ("junit", "sarif", "markdown", "html")]
    runner = CliRunner()
    assert runner.invoke(command, ["x", files[1]]).output == "x: 1 written\n"
    assert [path.name for path in tmp_path.iterdir()] == ["sarif"]
    assert runner.invoke(command, [*files, "x"]).output == "x: 4 written\n"
    assert len(list(tmp_path.iterdir())) == 4
    assert runner.invoke(command, ["x"]).output == "x: 0 written\n"


def test_help_names_what_each_is_for() -> None:
    text = CliRunner().invoke(command, ["--help"]).output
    assert [line.split()[0] for line in text.splitlines() if "Write" in line] == [
        "--junit",
        "--sarif",
        "--markdown",
        "--html",
    ]


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError, match="cannot write"):
        Reports({"html": tmp_path / "nowhere" / "x.html"}).write(NOTHING)
