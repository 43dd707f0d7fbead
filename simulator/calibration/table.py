"""The calibration as a table on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.calibration.calibrate import Finding, Verdict
from simulator.calibration.words import describe, format_value, reason

_STYLES = {Verdict.HELD: "green", Verdict.MISSED: "bold red", Verdict.LEFT_OUT: "dim"}
_WORDS = {Verdict.HELD: "held", Verdict.MISSED: "missed", Verdict.LEFT_OUT: "left out"}


def print_findings(findings: Iterable[Finding], console: Console) -> None:
    """Print a table of findings, the reasons of those that do not hold, and how many there are of each."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("target", "published", "simulated", "95 % interval", "verdict"):
        table.add_column(heading, overflow="fold")
    counts: Counter[Verdict] = Counter()
    reasons = []
    for finding in findings:
        counts[finding.verdict] += 1
        for cells in _lines(finding):
            table.add_row(*cells)
        if why := reason(finding):
            reasons.append(f"{finding.target.id}: {why}")
    console.print(table)
    if reasons:
        console.print()
        for why in reasons:
            console.print(why, highlight=False, markup=False)
    console.print()
    console.print(", ".join(f"{counts[verdict]} {_WORDS[verdict]}" for verdict in Verdict), highlight=False)


def _lines(finding: Finding) -> Iterable[tuple[str | Text, ...]]:
    """Yield a line for each part of a finding; only the first names the target and its verdict."""
    target = finding.target
    verdict: str | Text = Text(_WORDS[finding.verdict], _STYLES[finding.verdict])
    name = target.id
    for number, part in enumerate(target.parts):
        unit = target.unit_of(part)
        published = f"{describe(part, unit)}{f' ({part.name})' if part.name else ''}"
        if finding.estimates:
            estimate = finding.estimates[number]
            low, high = (format_value(end, unit, bare=True) for end in (estimate.low, estimate.high))
            yield name, published, format_value(estimate.value, unit), f"{low} to {high}", verdict
        else:
            yield name, published, "", "", verdict
        name = verdict = ""
