"""Calibration: what published studies found, beside what a simulated population shows."""

from simulator.calibration.calibrate import Finding, Verdict, calibrate, select
from simulator.calibration.crew import calibrate_on
from simulator.calibration.estimate import Estimate
from simulator.calibration.target import Confidence, Part, Target, Unit, load_targets
from simulator.calibration.words import Row, describe, format_value, reason, row

__all__ = [
    "Confidence",
    "Estimate",
    "Finding",
    "Part",
    "Row",
    "Target",
    "Unit",
    "Verdict",
    "calibrate",
    "calibrate_on",
    "describe",
    "format_value",
    "load_targets",
    "reason",
    "row",
    "select",
]
