"""What a run shows people and scripts: its progress, its summary, its thresholds as test cases."""

from simulator.report.junit import write_junit
from simulator.report.progress import Progress, Update
from simulator.report.summarize import LAG_LIMIT, attack_messages, metric_values, percentiles, summarize
from simulator.report.summary import (
    AttackConnections,
    AttackMessages,
    Attacks,
    CleanUp,
    Connections,
    Denied,
    KindMessages,
    Latencies,
    Messages,
    Percentiles,
    Status,
    Summary,
    ThresholdResult,
    Unreached,
    VerdictResult,
    encode_summary,
    exit_code,
    read_summary,
    write_summary,
)
from simulator.report.terminal import print_summary
from simulator.report.timeline import Spread, Stretch, Timeline, read_timeline

__all__ = [
    "LAG_LIMIT",
    "AttackConnections",
    "AttackMessages",
    "Attacks",
    "CleanUp",
    "Connections",
    "Denied",
    "KindMessages",
    "Latencies",
    "Messages",
    "Percentiles",
    "Progress",
    "Spread",
    "Status",
    "Stretch",
    "Summary",
    "ThresholdResult",
    "Timeline",
    "Unreached",
    "Update",
    "VerdictResult",
    "attack_messages",
    "encode_summary",
    "exit_code",
    "metric_values",
    "percentiles",
    "print_summary",
    "read_summary",
    "read_timeline",
    "summarize",
    "write_junit",
    "write_summary",
]
