"""Hazards: each a module that says what it does to a device, at the rate that the scenario sets."""

from simulator.privacy.hazards.knob import Knob
from simulator.privacy.hazards.registry import HAZARDS, expose

__all__ = ["HAZARDS", "Knob", "expose"]
