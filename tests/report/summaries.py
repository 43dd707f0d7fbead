"""A run with known numbers, for the tests of what is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.core.actions import Publish
from simulator.core.records import Delivered, Outcome
from simulator.core.thresholds import Threshold
from simulator.metrics import Tally
from simulator.report import Connections, Summary, Unreached, summarize

CONNECTIONS = Connections(asked=40, reached=40, lost=2, reconnected=2)
UNREACHED = Connections(
    asked=40,
    reached=37,
    lost=0,
    reconnected=0,
    unreached=(
        Unreached("d1", "connection refused", attempts=3),
        Unreached("d2", "not authorized", attempts=1),
        Unreached("d3", "connection refused", attempts=3),
    ),
)
THRESHOLDS = ("publish_latency_p99 < 100ms", "delivered_ratio >= 0.9999", "end_to_end_latency_p50 < 1s")


def count(
    tally: Tally,
    outcome: Outcome,
    times: int = 1,
    kind: str = "wearable",
    event: str = "heart_rate",
    lag: float = 0.001,
    latency: float = 0.004,
    behind: float | None = None,
) -> None:
    """Count messages that were due 2 s after the load began."""
    publish = Publish(0.0, "d1", "m1", kind, event, f"fleet/n0/{kind}/d1/{event}", b"{}", 1)
    sent = None if outcome is Outcome.DROPPED else 2.0 + lag
    acked = 2.0 + latency if outcome is Outcome.ACKNOWLEDGED else None
    for _ in range(times):
        tally.due(publish, behind)
        tally.finished(publish, Delivered("m1", 2.0, sent, acked, outcome))


def usual() -> Tally:
    """Return 12,000 messages of an evening, nearly all of them acknowledged."""
    tally = Tally()
    count(tally, Outcome.ACKNOWLEDGED, 9_000)
    count(tally, Outcome.ACKNOWLEDGED, 985, event="sleep", lag=0.02, latency=0.125)
    count(tally, Outcome.LOST, 5)
    count(tally, Outcome.DROPPED, 10)
    count(tally, Outcome.ACKNOWLEDGED, 1_999, kind="smart_speaker", event="utterance")
    count(tally, Outcome.REFUSED, kind="smart_speaker", event="purchase", lag=0.5)
    tally.commands = 12
    return tally


def summary(
    tally: Tally | None = None,
    connections: Connections = CONNECTIONS,
    thresholds: Sequence[str] = (),
    **changed: Any,
) -> Summary:
    """Return the summary of the usual run, or of one that differs in some way."""
    return summarize(
        usual() if tally is None else tally,
        connections,
        thresholds=[Threshold.parse(text) for text in thresholds],
        **{
            "scenario": "smart-home-evening",
            "seed": 7,
            "load": "speed 360",
            "open_loop": True,
            "broker": "embedded at 127.0.0.1:41883, MQTT 5",
            "transports": {"paho": 40},
            "simulated_seconds": 21_600.0,
            "seconds": 60.5,
            "cpu_seconds": 12.25,
            "peak_rss_bytes": 85_000_000,
            **changed,
        },
    )
