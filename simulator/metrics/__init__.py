"""What the run measures of itself: counts, histograms, and their face to Prometheus."""

from simulator.metrics.collector import Collector, Snapshot
from simulator.metrics.histogram import Histogram
from simulator.metrics.server import Server, serve
from simulator.metrics.tally import LATE_AFTER, Counts, Tally
from simulator.metrics.witnessed import Witnessed

__all__ = [
    "LATE_AFTER",
    "Collector",
    "Counts",
    "Histogram",
    "Server",
    "Snapshot",
    "Tally",
    "Witnessed",
    "serve",
]
