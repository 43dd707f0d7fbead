"""The most that this machine sends and receives, with the least or with realistic content."""

from simulator.bench.measure import Bench, Measured, measure
from simulator.bench.table import print_measured

__all__ = ["Bench", "Measured", "measure", "print_measured"]
