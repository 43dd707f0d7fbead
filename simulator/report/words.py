"""The words and figures that all reports of a run share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.core.thresholds import Threshold
from simulator.report.summary import AttackMessages, Attacks, Percentiles, ThresholdResult

PERCENTILE_NAMES = ("p50", "p90", "p99", "p99.9", "max")
"""How the percentiles of a run are written."""


def figures(value: float | None) -> str:
    """Return a measured number with three or more figures; ``-`` if nothing was measured."""
    if value is None:
        return "-"
    decimals = 0 if value >= 99.95 or value == 0 else 1 if value >= 9.995 else 2 if value >= 0.9995 else 3
    return f"{value:,.{decimals}f}"


def exact(value: float) -> str:
    """Return a number so that it does not look like a limit which it misses by little."""
    return f"{value:,.0f}" if value >= 100_000 else f"{value:,.6g}"


def share(part: float, whole: float) -> str:
    """Return how much of something was reached, in per cent; ``-`` of nothing. Only all of it is 100 %."""
    if not whole:
        return "-"
    percent = part / whole * 100
    text = f"{percent:.4g}" if percent < 99.9 else f"{percent:.6g}"
    return "almost 100 %" if text == "100" and part != whole else f"{text} %"


def measured(result: ThresholdResult) -> str:
    """Return what came of a threshold, in its unit."""
    if result.value is None:
        return "not measured"
    if isinstance(result.value, str):
        return result.value
    try:
        unit = Threshold.parse(result.expression).unit
    except ValueError:  # of another version, which has other metrics
        unit = ""
    return f"{exact(result.value)} {unit}".rstrip()


def percentiles(times: Percentiles) -> Iterator[str]:
    """Yield percentiles in the order of `PERCENTILE_NAMES`."""
    return map(figures, (times.p50, times.p90, times.p99, times.p999, times.max))


def refused(refusals: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield what was refused how often and why."""
    for what, reasons in refusals.items():
        for reason, count in reasons.items():
            yield f"{count:,} {what}: {reason}"


def attacked(attacks: Attacks) -> str:
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
