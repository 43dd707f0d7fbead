"""The page of metrics."""

from __future__ import annotations

from simulator.metrics import MetricInfo, MetricType, catalogue
from simulator.reference.markdown import code, page, sentence, table


def metrics_page() -> str:
    """Return the page."""
    return page(
        "Metrics",
        "What a run shows to Prometheus (`--metrics-port`) or pushes to a gateway. How to watch a run, and "
        "what each dashboard shows: [metrics.md](../metrics.md).",
        table(("metric", "type", "labels", "meaning"), map(_row, catalogue())),
    )


def _row(metric: MetricInfo) -> tuple[str, ...]:
    labels = (*metric.labels, *(["le"] if metric.type is MetricType.HISTOGRAM else []))
    return code(metric.name), metric.type.value, ", ".join(map(code, labels)), sentence(metric.help)
