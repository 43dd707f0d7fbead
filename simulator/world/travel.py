"""Travel: how people get from one place to another, and how long it takes."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.world.person import TravelMode, Trip
from simulator.world.place import Place

SPEED = {TravelMode.WALK: 1.3, TravelMode.BUS: 5.0, TravelMode.CAR: 9.0}
"""Metres a second from door to door as the crow flies, so with detours, stops and parking (assumption)."""

WALKABLE = 900.0
"""Metres that most people walk and do not drive (assumption)."""


def travel(origin: Place, destination: Place, mode: TravelMode, start: float) -> Trip:
    """Return the trip that leaves at simulated second `start`."""
    return Trip(origin, destination, mode, start, start + origin.distance(destination) / SPEED[mode])


def choose_mode(metres: float, drives: bool, draws: Draws) -> TravelMode:
    """Return how a person covers a distance; nobody walks far."""
    if metres <= WALKABLE and (not drives or draws.chance(0.85)):
        return TravelMode.WALK
    return TravelMode.CAR if drives else TravelMode.BUS
