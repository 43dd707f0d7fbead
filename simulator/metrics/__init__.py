"""What the run measures of itself: counts, histograms, and their face to Prometheus."""

from simulator.metrics.collector import Collector, Outsiders, Snapshot
from simulator.metrics.definitions import MetricInfo, MetricType, catalogue
from simulator.metrics.gateway import Gateway
from simulator.metrics.histogram import Histogram
from simulator.metrics.judged import Finding, Judged
from simulator.metrics.server import Server, serve
from simulator.metrics.tally import LATE_AFTER, Counts, Slowest, Tally
from simulator.metrics.town import Register, Town
from simulator.metrics.truths import Truths
from simulator.metrics.windows import Underway, Windows
from simulator.metrics.witnessed import Witnessed

__all__ = [
    "LATE_AFTER",
    "Collector",
    "Counts",
    "Finding",
    "Gateway",
    "Histogram",
    "Judged",
    "MetricInfo",
    "MetricType",
    "Outsiders",
    "Register",
    "Server",
    "Slowest",
    "Snapshot",
    "Tally",
    "Town",
    "Truths",
    "Underway",
    "Windows",
    "Witnessed",
    "catalogue",
    "serve",
]
