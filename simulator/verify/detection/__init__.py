"""Detectors scored: their alerts, matched to the attacks of a run by identity and time."""

from simulator.verify.detection.check import AlertCheck, AlertQuestion, RunCheck, RunQuestion
from simulator.verify.detection.limits import DetectionLimits
from simulator.verify.detection.part import Part
from simulator.verify.detection.scene import Scene
from simulator.verify.detection.watch import Watch

__all__ = [
    "AlertCheck",
    "AlertQuestion",
    "DetectionLimits",
    "Part",
    "RunCheck",
    "RunQuestion",
    "Scene",
    "Watch",
]
