"""A real Prometheus that scrapes a run sees the numbers of its summary."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from fleetsim_process import PATIENCE, read, start, wait_for
from prometheus_server import PrometheusServer, labels


def test_prometheus_counts_what_the_summary_counts(
    prometheus: Callable[[int], PrometheusServer], evening: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    with start(
        "run", evening, "--speed", "900", "--metrics-port", "0", "--metrics-linger", "120s", "-o", folder
    ) as process:
        try:
            assert process.stderr is not None
            told = re.search(r":(\d+)/metrics", process.stderr.readline())
            assert told is not None
            server = prometheus(int(told[1]))
            during = server.wait_for("sum(fleetsim_messages_due_total) > 0")
            assert during
            wait_for((folder / "summary.json").exists, "the end of the load")
            summary = read(folder / "summary.json")
            due = summary["messages"]["due"]
            server.wait_for(f"sum(fleetsim_messages_due_total) == {due}")
            for outcome in ("acknowledged", "received", "refused", "dropped", "lost"):
                found = server.query(f'sum(fleetsim_messages_finished_total{{outcome="{outcome}"}})')
                assert found == {labels(): summary["messages"][outcome]}
            by_kind = server.query("sum by (family) (fleetsim_messages_due_total)")
            assert by_kind == {
                labels(family=kind): counts["due"] for kind, counts in summary["by_kind"].items()
            }
            latencies = server.query("fleetsim_publish_latency_seconds_count")
            assert list(latencies.values()) == [summary["messages"]["acknowledged"]]
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, "the run was over, and only lingered"
