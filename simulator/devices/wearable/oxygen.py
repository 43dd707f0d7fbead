"""The pulse oximeter; it measures at night."""

from __future__ import annotations

from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person

ASLEEP = (96.2, 0.8)
"""Mean and SD between people of the saturation asleep, percent (clinical norm)."""
NOISE = 1.0
"""SD from sample to sample, percent (assumption)."""
LOWEST, HIGHEST = 85, 100
"""Percent that the sensor can tell."""
INTERVAL = (10 * MINUTE, 20 * MINUTE)
"""Shortest and longest time between two samples, seconds (assumption)."""


class Oxygen:
    """Samples the oxygen saturation of the blood (SpO2) while the wearer is asleep."""

    __slots__ = ("_draws", "_due", "_hazards", "_household", "_mean", "_person")

    def __init__(self, person: Person, traits: Draws, draws: Draws) -> None:
        self._person = person.id
        self._household = person.household
        self._hazards = hazards_of(person, Hazard.HEALTH, Hazard.SLEEP)
        self._mean = traits.normal(*ASLEEP)
        self._draws = draws
        self._due = 0.0

    def record(self, stretch: Stretch, burst: list[Reading]) -> None:
        """Take the samples of a stretch."""
        if stretch.spell.activity is not Activity.ASLEEP:
            return
        at = max(self._due, stretch.start)
        while at < stretch.end:
            percent = round(self._draws.normal(self._mean, NOISE))
            burst.append(
                Reading(
                    at,
                    "spo2",
                    {"percent": min(max(percent, LOWEST), HIGHEST)},
                    self._person,
                    self._household,
                    stretch.place,
                    self._hazards,
                    stretch.facts,
                )
            )
            at += self._draws.uniform(*INTERVAL)
        self._due = at
