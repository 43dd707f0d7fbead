"""The invented town: people who move through their day, and the places they do it in."""

from simulator.world.neighbourhood import Neighbourhood

__all__ = ["Neighbourhood"]
