"""The summary for people: readable in 80 columns, without colour, and in a log file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from simulator.core.units import format_duration
from simulator.report import words
from simulator.report.sparkline import BLOCKS, PLAIN, courses
from simulator.report.summary import (
    CleanUp,
    KindMessages,
    Messages,
    Result,
    Status,
    Summary,
    ThresholdResult,
    VerdictResult,
)
from simulator.report.timeline import Stretch

_COLOURS = {
    Status.PASSED: "bold green",
    Status.FAILED: "bold red",
    Status.UNTRUSTED: "bold yellow",
    Status.INTERRUPTED: "bold yellow",
}
_MOST_REASONS = 5
_SPARKLINE = 44
"""Columns."""


def print_summary(
    summary: Summary, folder: Path, console: Console, stretches: Sequence[Stretch] = ()
) -> None:
    """Print what a run came to, and where its folder is.

    Args:
        summary: the result.
        folder: of the run.
        console: where to print.
        stretches: how it went over time, which a terminal shows as sparklines.
    """
    utf8 = console.encoding.lower().startswith("utf")
    sections = [head(summary), _facts(summary), _counts(summary), _times(summary)]
    if console.is_terminal and len(stretches) > 1:
        plain = not utf8 or console.no_color or console.is_dumb_terminal
        sections.append(_course(stretches, PLAIN if plain else BLOCKS))
    if summary.connections.unreached:
        reasons = (unreached.reason for unreached in summary.connections.unreached)
        sections.append(_devices("Not reached", reasons))
    if summary.connections.denied:
        reasons = (f"let in, but {denied.reason}" for denied in summary.connections.denied)
        sections.append(_devices("Refused", reasons))
    if summary.verdicts:
        sections.append(_verdicts(summary.verdicts, ("✓", "✗") if utf8 else ("+", "!")))
    if summary.thresholds:
        sections.append(_thresholds(summary.thresholds, ("✓", "✗") if utf8 else ("+", "!")))
    for section in sections:
        console.print(section, highlight=False)
        console.print()
    # A path is copied as often as it is read, so it is never folded.
    console.print(Text(f"Everything is in {folder}/"), soft_wrap=True, highlight=False)


def head(result: Result) -> RenderableType:
    """Return how a run or a drill ended, and why."""
    status = Text.assemble((result.scenario, "bold"), ": ", (result.status, _COLOURS[result.status]))
    reasons = [reason for reason in (result.failure, *result.distrust) if reason is not None]
    return Group(status, *(Padding(Text(reason), (0, 0, 0, 2)) for reason in reasons))


def _facts(summary: Summary) -> RenderableType:
    connections, messages = summary.connections, summary.messages
    facts = _table(Column(), Column(overflow="fold"))
    facts.add_row("Broker", Text(summary.broker))
    facts.add_row(
        "Load",
        f"{summary.load}, {format_duration(summary.simulated_seconds)} simulated in "
        f"{format_duration(summary.seconds)}, seed {summary.seed}",
    )
    carried = ", ".join(f"{count:,} by {transport}" for transport, count in summary.transports.items())
    facts.add_row(
        "Connections",
        f"{connections.asked:,} asked, {connections.reached:,} reached{f' ({carried})' if carried else ''}, "
        f"{connections.lost:,} lost, {connections.reconnected:,} reconnected",
    )
    facts.add_row("Rate", f"{words.figures(summary.messages_per_second)} messages/s delivered")
    facts.add_row(
        "Sent",
        f"{messages.sent:,} messages, {messages.duplicated:,} of them more than once; "
        f"{messages.commands:,} commands received",
    )
    witness = summary.witness
    if witness.expected:
        facts.add_row(
            "Witness",
            f"{witness.expected:,} expected, {witness.received:,} received, {witness.missing:,} missing, "
            f"{witness.duplicated:,} twice, {witness.reordered:,} out of order",
        )
    if summary.refusals:
        facts.add_row("Refused", "; ".join(words.refused(summary.refusals)))
    if summary.held_back:
        counts = (f"{count:,} {cap}" for cap, count in summary.held_back.items())
        facts.add_row("Held back", f"{', '.join(counts)}; --limit changes a cap")
    if summary.attacks is not None:
        facts.add_row("Attacks", words.attacked(summary.attacks))
    if summary.clean_up is not None:
        facts.add_row("Cleaned up", _cleaned_up(summary.clean_up))
    facts.add_row(
        "Machine",
        f"{format_duration(summary.cpu_seconds)} of processor time, "
        f"{summary.peak_rss_bytes / 1e6:,.0f} MB of memory",
    )
    return facts


def _cleaned_up(done: CleanUp) -> str:
    text = f"{done.retained:,} retained messages and {done.sessions:,} sessions removed from the broker"
    if done.left:
        text += f"; {done.left:,} left ({', '.join(done.reasons)}), which fleetsim clean may try again"
    return text


def _counts(summary: Summary) -> RenderableType:
    columns = ["due", *_good_ends(summary.messages), "refused", "dropped", "lost", "late"]
    table = _table("Messages", *map(_right, columns))
    table.show_header = True
    for kind, messages in summary.by_kind.items():
        table.add_row(Text(kind), *_figures_of(messages, columns))
    table.add_row("all", *_figures_of(summary.messages, columns), style="bold")
    return table


def _good_ends(messages: Messages) -> list[str]:
    """Return the columns for what the broker has; most fleets keep to one QoS and need one of the two."""
    if not messages.received:
        return ["acknowledged"]
    return ["acknowledged", "received"] if messages.acknowledged else ["received"]


def _figures_of(messages: Messages | KindMessages, columns: Iterable[str]) -> Iterator[str]:
    return (f"{getattr(messages, column):,}" for column in columns)


def _times(summary: Summary) -> RenderableType:
    table = _table("Milliseconds", *map(_right, words.PERCENTILE_NAMES))
    table.show_header = True
    table.add_row("publish latency", *words.percentiles(summary.latency_ms.publish))
    if summary.latency_ms.end_to_end.max is not None:
        table.add_row("end to end", *words.percentiles(summary.latency_ms.end_to_end))
    table.add_row("lag", *words.percentiles(summary.lag_ms))
    return table


def _course(stretches: Sequence[Stretch], levels: str) -> RenderableType:
    table = _table("Over time", "", _right("at most"))
    table.show_header = True
    for course in courses(stretches):
        table.add_row(course.what, course.drawn(_SPARKLINE, levels), course.most)
    return table


def _devices(what: str, reasons: Iterable[str]) -> RenderableType:
    """Return how many devices fared so, by reason."""
    counts = Counter(reasons).most_common()
    table = _table(_right(what), Column(overflow="fold"))
    table.show_header = True
    for reason, count in counts[:_MOST_REASONS]:
        table.add_row(f"{count:,}", Text(reason))
    if rest := counts[_MOST_REASONS:]:
        table.add_row(f"{sum(count for _, count in rest):,}", "for other reasons; see summary.json")
    return table


def _thresholds(results: tuple[ThresholdResult, ...], marks: tuple[str, str]) -> RenderableType:
    held, missed = marks
    table = _table("Thresholds", _right(""), "")
    table.show_header = True
    for result in results:
        value = words.measured(result)
        verdict = Text(f"{held} held", "green") if result.held else Text(f"{missed} not held", "bold red")
        table.add_row(result.expression, value, verdict)
    return table


def _verdicts(results: tuple[VerdictResult, ...], marks: tuple[str, str]) -> RenderableType:
    as_expected, other = marks
    table = _table("Controls", "check", "verdict", "expected", "")
    table.show_header = True
    for result in results:
        mark = Text(as_expected, "green") if result.held else Text(other, "bold red")
        table.add_row(result.control, result.check, result.verdict or "not judged", result.expected, mark)
    return table


def _table(*columns: Column | str) -> Table:
    return Table(
        *columns, box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False, header_style="bold"
    )


def _right(header: str) -> Column:
    return Column(header, justify="right")
