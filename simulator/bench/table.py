"""What was measured, as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from simulator.bench.measure import Measured

_MEANING = {
    "generator": "Fleetsim was the slower side: more workers or a faster machine send more.",
    "broker": "The broker was the slower side: this is what it takes.",
    "both": "Both sides were busy all the time.",
    "neither": "Neither side was busy all the time: the machine has too few free cores for both.",
}


def print_measured(rows: Sequence[Measured], console: Console) -> None:
    """Print one line for each measurement, and which side set the limit."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for name in ("content", "transport"):
        table.add_column(name)
    for name in ("QoS", "workers", "messages/s", "broker", "p50 ms", "p99 ms", "limit"):
        table.add_column(name, justify="left" if name == "limit" else "right")
    for row in rows:
        table.add_row(
            row.content,
            row.transport,
            str(row.qos),
            str(row.workers),
            f"{row.messages_per_second:,.0f}",
            _count(row.broker_messages_per_second),
            _time(row.latency_ms.p50),
            _time(row.latency_ms.p99),
            row.saturated,
        )
    console.print(table, highlight=False)
    console.print("\nbroker: its own count of messages a second over the same time.", highlight=False)
    console.print()
    for limit in dict.fromkeys(row.saturated for row in rows):
        console.print(f"{limit}: {_MEANING[limit]}", highlight=False, soft_wrap=True)


def _count(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:,.0f}"


def _time(milliseconds: float | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds:,.1f}"
