"""What the people of a neighbourhood share."""

from __future__ import annotations

from dataclasses import dataclass

import simpy

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.world.shop import Shop
from simulator.world.town import Town
from simulator.world.weather import Weather


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the people of a neighbourhood share.

    Attributes:
        env: the SimPy environment; time 0 is the scenario's start.
        calendar: local clock and weekday.
        seeds: gives each person streams of their own.
        town: the places they know.
        shops: where they shop; if there is none, at the town's market.
        weather: outdoors.
    """

    env: simpy.Environment
    calendar: Calendar
    seeds: Seeds
    town: Town
    shops: tuple[Shop, ...]
    weather: Weather
