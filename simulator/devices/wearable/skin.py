"""The skin thermometer on the wrist; it measures at night."""

from __future__ import annotations

import math

from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person

AWAKE = (33.2, 0.5)
"""Mean and SD between people of the skin temperature on falling asleep, °C (assumption)."""
RISE = (1.0, 0.15)
"""Mean and SD between people of its rise asleep, °C (Sensors 2024, 24:4882)."""
WARMING = 20 * MINUTE
"""Time constant of the rise, seconds (assumption)."""
NOISE = 0.08
"""SD of the noise, °C (assumption)."""
INTERVAL = (8 * MINUTE, 12 * MINUTE)
"""Shortest and longest time between two samples, seconds (assumption)."""


class Skin:
    """Samples the temperature of the skin while the wearer is asleep, from the moment of falling asleep."""

    __slots__ = ("_awake", "_draws", "_due", "_hazards", "_health", "_household", "_person", "_rise")

    def __init__(self, person: Person, traits: Draws, draws: Draws) -> None:
        self._person = person.id
        self._household = person.household
        self._hazards = hazards_of(person, Hazard.HEALTH, Hazard.SLEEP)
        self._health = person.health
        self._awake = traits.normal(*AWAKE)
        self._rise = max(traits.normal(*RISE), 0.0)
        self._draws = draws
        self._due = 0.0

    def record(self, stretch: Stretch, burst: list[Reading]) -> None:
        """Take the samples of a stretch."""
        spell = stretch.spell
        if spell.activity is not Activity.ASLEEP:
            return
        at = max(self._due, stretch.start)
        level = self._awake + self._health.skin(at)
        while at < stretch.end:
            warmed = 1.0 - math.exp((spell.start - at) / WARMING)
            celsius = level + self._rise * warmed + self._draws.normal(0.0, NOISE)
            burst.append(
                Reading(
                    at,
                    "skin_temperature",
                    {"celsius": round(celsius, 2)},
                    self._person,
                    self._household,
                    stretch.place,
                    self._hazards,
                    stretch.facts,
                )
            )
            at += self._draws.uniform(*INTERVAL)
        self._due = at
