"""Taps: what comes out of controls, recorded while a run goes on."""

from simulator.taps.taps import Taps

__all__ = ["Taps"]
