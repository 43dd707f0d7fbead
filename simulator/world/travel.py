"""Travel: how people get from one place to another, and how long it takes."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.world.person import TravelMode, Trip
from simulator.world.place import Place

SPEED = {TravelMode.WALK: 1.3, TravelMode.BUS: 5.0, TravelMode.CAR: 9.0}
"""Metres a second from door to door as the crow flies, so with detours, stops and parking (assumption)."""

WALKABLE = 900.0
"""Metres that most people walk and do not drive (assumption)."""

WALKS = 0.7
"""Share of the ways within that distance that a driver walks in mild daylight (assumption)."""


def travel(origin: Place, destination: Place, mode: TravelMode, start: float) -> Trip:
    """Return the trip that leaves at simulated second `start`."""
    return Trip(origin, destination, mode, start, start + origin.distance(destination) / SPEED[mode])


def choose_mode(metres: float, drives: bool, draws: Draws, comfort: float = 1.0) -> TravelMode:
    """Return how a person covers a distance; nobody walks far, and few who drive do in the dark or the heat.

    Args:
        metres: as the crow flies.
        drives: whether they drive.
        draws: what is left to chance.
        comfort: how pleasant it is outdoors, from 0 to 1.
    """
    if metres <= WALKABLE and (not drives or draws.chance(WALKS * comfort)):
        return TravelMode.WALK
    return TravelMode.CAR if drives else TravelMode.BUS
