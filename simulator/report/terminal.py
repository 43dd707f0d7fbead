"""The summary for people: readable in 80 columns, without colour, and in a log file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from simulator.core.thresholds import Threshold
from simulator.core.units import format_duration
from simulator.report.summary import (
    AttackMessages,
    Attacks,
    CleanUp,
    KindMessages,
    Messages,
    Percentiles,
    Status,
    Summary,
    ThresholdResult,
    VerdictResult,
)

_COLOURS = {
    Status.PASSED: "bold green",
    Status.FAILED: "bold red",
    Status.UNTRUSTED: "bold yellow",
    Status.INTERRUPTED: "bold yellow",
}
_MOST_REASONS = 5


def print_summary(summary: Summary, folder: Path, console: Console) -> None:
    """Print what a run came to, and where its folder is."""
    utf8 = console.encoding.lower().startswith("utf")
    sections = [_head(summary), _facts(summary), _counts(summary), _times(summary)]
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


def _head(summary: Summary) -> RenderableType:
    status = Text.assemble((summary.scenario, "bold"), ": ", (summary.status, _COLOURS[summary.status]))
    reasons = [reason for reason in (summary.failure, *summary.distrust) if reason is not None]
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
    facts.add_row("Rate", f"{_figures(summary.messages_per_second)} messages/s delivered")
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
        facts.add_row("Refused", _refused(summary))
    if summary.held_back:
        counts = (f"{count:,} {cap}" for cap, count in summary.held_back.items())
        facts.add_row("Held back", f"{', '.join(counts)}; --limit changes a cap")
    if summary.attacks is not None:
        facts.add_row("Attacks", _attacks(summary.attacks))
    if summary.clean_up is not None:
        facts.add_row("Cleaned up", _cleaned_up(summary.clean_up))
    facts.add_row(
        "Machine",
        f"{format_duration(summary.cpu_seconds)} of processor time, "
        f"{summary.peak_rss_bytes / 1e6:,.0f} MB of memory",
    )
    return facts


def _refused(summary: Summary) -> str:
    return "; ".join(
        f"{count:,} {what}: {reason}"
        for what, reasons in summary.refusals.items()
        for reason, count in reasons.items()
    )


def _attacks(attacks: Attacks) -> str:
    """Return what attacks asked for and got, beside the fleet's own counts."""
    told = []
    connections, messages = attacks.connections, sum(attacks.messages.values(), AttackMessages())
    if connections.asked:
        told.append(
            f"{connections.asked:,} connections of outsiders asked, {connections.reached:,} let in, "
            f"{connections.refused:,} refused"
        )
    if messages.due:
        told.append(
            f"{messages.due:,} messages, {messages.accepted:,} accepted, {messages.refused:,} refused, "
            f"{messages.dropped:,} dropped, {messages.lost:,} without an answer"
        )
    if attacks.held_back:
        told.append("held back: " + ", ".join(f"{count:,} {cap}" for cap, count in attacks.held_back.items()))
    return "; ".join(told) or "none came to do anything"


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
    table = _table("Milliseconds", *map(_right, ("p50", "p90", "p99", "p99.9", "max")))
    table.show_header = True
    table.add_row("publish latency", *_percentiles(summary.latency_ms.publish))
    if summary.latency_ms.end_to_end.max is not None:
        table.add_row("end to end", *_percentiles(summary.latency_ms.end_to_end))
    table.add_row("lag", *_percentiles(summary.lag_ms))
    return table


def _percentiles(times: Percentiles) -> Iterator[str]:
    for value in (times.p50, times.p90, times.p99, times.p999, times.max):
        yield "-" if value is None else _figures(value)


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
        value = _measured(result)
        verdict = Text(f"{held} held", "green") if result.held else Text(f"{missed} not held", "bold red")
        table.add_row(result.expression, value, verdict)
    return table


def _measured(result: ThresholdResult) -> str:
    if result.value is None:
        return "not measured"
    if isinstance(result.value, str):
        return result.value
    return f"{_exact(result.value)} {Threshold.parse(result.expression).unit}".rstrip()


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


def _figures(value: float) -> str:
    """Return a measured number with three or more figures."""
    decimals = 0 if value >= 99.95 or value == 0 else 1 if value >= 9.995 else 2 if value >= 0.9995 else 3
    return f"{value:,.{decimals}f}"


def _exact(value: float) -> str:
    """Return a number so that it does not look like a limit which it misses by little."""
    return f"{value:,.0f}" if value >= 100_000 else f"{value:,.6g}"
