"""Travel: how people get from one place to another, and how long it takes."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.world.person import TravelMode, Trip
from simulator.world.place import Place

SPEED = {TravelMode.WALK: 1.3, TravelMode.BUS: 6.5, TravelMode.CAR: 11.0}
"""Metres a second as the crow flies, so with detours and stops. By car: 32.7 miles in 61.3 minutes a day (AAA
American Driving Survey 2021), on roads a third longer than the crow flies."""

ACCESS = {TravelMode.WALK: 0.0, TravelMode.BUS: 9 * MINUTE, TravelMode.CAR: 4 * MINUTE}
"""Seconds that a way takes besides, however short it is: to the stop, some 570 m (Daniels and Mulley 2013,
Journal of Transport and Land Use 6), and for the bus to come; to the car, and from where it is parked
(assumption)."""

WALKABLE = 900.0
"""Metres that most people walk and do not drive (assumption)."""

WALKS = 0.7
"""Share of the ways within that distance that a driver walks in mild daylight (assumption)."""


def travel(origin: Place, destination: Place, mode: TravelMode, start: float) -> Trip:
    """Return the trip that leaves at simulated second `start`."""
    return Trip(origin, destination, mode, start, start + duration(origin.distance(destination), mode))


def duration(metres: float, mode: TravelMode) -> float:
    """Return how many seconds a way takes from door to door."""
    return ACCESS[mode] + metres / SPEED[mode]


def reach(seconds: float, mode: TravelMode) -> float:
    """Return how far somebody gets in so many seconds, in metres; a minute's ride at least."""
    return max(seconds - ACCESS[mode], MINUTE) * SPEED[mode]


def go_on(metres: float, mode: TravelMode) -> TravelMode:
    """Return how somebody goes on who has come by `mode`.

    A car is taken along, and nobody waits for a bus to go round the corner.
    """
    if mode is TravelMode.CAR:
        return mode
    return TravelMode.WALK if metres <= WALKABLE else TravelMode.BUS


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
