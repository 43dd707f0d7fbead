"""The most that this machine sends and receives, with the least or with realistic content."""

from simulator.bench.measure import PLAIN_PAHO, Bench, Measured, measure, measure_plain_paho
from simulator.bench.own_count import OwnCount
from simulator.bench.table import print_measured

__all__ = ["PLAIN_PAHO", "Bench", "Measured", "OwnCount", "measure", "measure_plain_paho", "print_measured"]
