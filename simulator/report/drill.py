"""The result of a drill: what held on which broker, and whether that is what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from simulator.report.junit import junit
from simulator.report.summary import Status, Summary, VerdictResult, encode_summary
from simulator.report.terminal import head
from simulator.truth import RunFolder

BROKER = "broker"
"""Name that each run has for its own broker among the controls."""


class DrillSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a drill.

    Attributes:
        status: interrupted if a run was, or is missing; else failed, untrusted or passed as the worst is.
        failure: why a run could not go on, None if all could.
        distrust: reasons not to trust a run, each with the broker's name.
        seconds: wall time of all of it.
        verdicts: those of all runs, under the names of the brokers.
        runs: the result of the run against each broker, by its name.
    """

    status: Status
    failure: str | None
    distrust: tuple[str, ...]
    scenario: str
    seed: int
    seconds: float
    verdicts: tuple[VerdictResult, ...]
    runs: Mapping[str, Summary]


def summarize_drill(
    scenario: str, seed: int, runs: Mapping[str, Summary], *, interrupted: bool, seconds: float
) -> DrillSummary:
    """Return the result of a drill.

    Args:
        scenario: its name.
        seed: of all runs.
        runs: the result of the run against each broker, by its name.
        interrupted: whether runs are missing.
        seconds: wall time of all of it.
    """
    failures = [f"{name}: {one.failure}" for name, one in runs.items() if one.failure is not None]
    return DrillSummary(
        status=_worst([one.status for one in runs.values()] + [Status.INTERRUPTED] * interrupted),
        failure=next(iter(failures), None),
        distrust=tuple(f"{name}: {reason}" for name, one in runs.items() for reason in one.distrust),
        scenario=scenario,
        seed=seed,
        seconds=round(seconds, 3),
        verdicts=tuple(_verdicts(runs)),
        runs=dict(runs),
    )


def _worst(found: list[Status]) -> Status:
    order = (Status.INTERRUPTED, Status.FAILED, Status.UNTRUSTED)
    return next((status for status in order if status in found), Status.PASSED)


def _verdicts(runs: Mapping[str, Summary]) -> Iterator[VerdictResult]:
    for name, summary in runs.items():
        for verdict in summary.verdicts:
            control = name if verdict.control == BROKER else f"{name}/{verdict.control}"
            yield msgspec.structs.replace(verdict, control=control)


def write_drill(folder: RunFolder, summary: DrillSummary) -> None:
    """Write ``summary.json`` and ``junit.xml``.

    Raises:
        RunFailedError: they cannot be written.
    """
    folder.write(folder.summary, encode_summary(summary))
    named = (
        msgspec.structs.replace(one, scenario=f"{summary.scenario}.{name}")
        for name, one in summary.runs.items()
    )
    folder.write(folder.junit, junit(*named))


def print_drill(summary: DrillSummary, folder: Path, console: Console) -> None:
    """Print what held on which broker, what of it is not as expected, and where the runs are."""
    expected, other = ("✓", "✗") if console.encoding.lower().startswith("utf") else ("+", "!")
    sections: list[RenderableType] = [head(summary), _matrix(summary, expected, other), _loads(summary)]
    wrong = [one for one in summary.verdicts if not one.held]
    right = len(summary.verdicts) - len(wrong)
    sections.append(f"{right} of {len(summary.verdicts)} verdicts are as expected ({expected}).")
    if wrong:
        sections.append(_explained(wrong, other))
    if missed := [*_missed(summary)]:
        sections.append("\n".join(f"{other} {line}" for line in missed))
    for section in sections:
        console.print(section, highlight=False)
        console.print()
    # A path is copied as often as it is read, so it is never folded.
    console.print(
        Text(f"Everything is in {folder}/, with a folder for each broker"), soft_wrap=True, highlight=False
    )


def _matrix(summary: DrillSummary, expected: str, other: str) -> RenderableType:
    """Return a table of checks by brokers."""
    names = list(dict.fromkeys(one.control for one in summary.verdicts))
    table = _table("Check", *names)
    found = {(one.check, one.control): one for one in summary.verdicts}
    for check in dict.fromkeys(one.check for one in summary.verdicts):
        row = []
        for name in names:
            one = found.get((check, name))
            mark = "" if one is None else expected if one.held else other
            row.append(
                Text(
                    f"{(one.verdict or 'not judged') if one else ''} {mark}",
                    "" if mark == expected else "bold red",
                )
            )
        table.add_row(check.replace("_", " "), *row)
    return table


def _loads(summary: DrillSummary) -> RenderableType:
    """Return a table of what the fleet went through at each broker."""
    table = _table("Fleet", *summary.runs)
    runs = summary.runs.values()
    rows = {
        "messages delivered": [_share(one) for one in runs],
        "connections lost": [f"{one.connections.lost:,}" for one in runs],
        "left on the broker": ["-" if one.clean_up is None else f"{one.clean_up.left:,}" for one in runs],
    }
    for what, values in rows.items():
        table.add_row(what, *map(Text, values))
    return table


def _share(summary: Summary) -> str:
    messages = summary.messages
    return f"{messages.acknowledged + messages.received:,} of {messages.due:,}"


def _explained(wrong: list[VerdictResult], mark: str) -> RenderableType:
    table = _table("Not as expected", "")
    for one in wrong:
        said = f"{one.verdict or 'not judged'}, and {one.expected} was expected"
        why = f": {one.reason}" if one.reason else ""
        table.add_row(Text(f"{mark} {one.control}: {one.check.replace('_', ' ')}"), Text(said + why))
    return table


def _missed(summary: DrillSummary) -> Iterator[str]:
    """Yield the thresholds that were not held."""
    for name, one in summary.runs.items():
        for result in one.thresholds:
            if not result.held:
                yield f"{name}: {result.expression} was not held; it was {result.value}"


def _table(first: str, *others: str) -> Table:
    columns = [Column(first, overflow="fold"), *(Column(other, overflow="fold") for other in others)]
    return Table(*columns, box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
