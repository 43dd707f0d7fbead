"""Controls under test: the processes that a run starts, watches and ends."""

from simulator.controls.controls import Controls, Surroundings, placed

__all__ = ["Controls", "Surroundings", "placed"]
