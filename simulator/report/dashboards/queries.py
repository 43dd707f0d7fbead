"""What many panels ask Prometheus, each only with another metric."""

from __future__ import annotations

from simulator.report.dashboards.panels import RUN, Query

WHOLE = f'{RUN}, part=""'
"""Matches the checks of the runs that are chosen, each as a whole."""

DETECTORS = "detection|false_alarms|time_to_detect"
"""Checks of detectors, as a regular expression."""


def rate(metric: str, legend: str, *, by: str = "") -> Query:
    """Return how much a counter grows a second, in all.

    Args:
        metric: its name, with its ending ``_total``.
        legend: what the series are called.
        by: labels that tell series apart, with commas between them; one series if there are none.
    """
    return Query(f"sum{_by(by)}(rate({metric}{{{RUN}}}[$__rate_interval]))", legend)


def quantile(metric: str, share: float, legend: str | None = None) -> Query:
    """Return a quantile of a histogram over time.

    Args:
        metric: its name, without an ending.
        share: such as 0.99.
        legend: what the series is called; such as ``p99`` if left out.
    """
    return Query(
        f"histogram_quantile({share}, sum by (le) (rate({metric}_bucket{{{RUN}}}[$__rate_interval])))",
        legend or f"p{share * 100:g}",
    )


def _by(labels: str) -> str:
    return f" by ({labels}) " if labels else ""
