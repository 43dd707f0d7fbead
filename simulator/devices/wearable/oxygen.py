"""The pulse oximeter; it measures at night."""

from __future__ import annotations

from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.stretch import Stretch
from simulator.world.census import ADULT
from simulator.world.person import Activity, Person

ASLEEP = (96.3, 0.8)
"""Mean and SD between people of the saturation asleep, percent (clinical norm)."""
NOISE = 1.0
"""SD from sample to sample, percent (assumption)."""
APNOEA = 0.1
"""Share of adults with apnoea in their sleep (Senaratna et al. 2017, Sleep Medicine Reviews: 9 to 38 %)."""
APNOEA_DROP, APNOEA_NOISE = 1.5, 2.2
"""Percent by which it lowers the mean, and its SD from sample to sample (assumption)."""
PER_DEGREE = 0.5
"""Percent by which a °C of fever lowers it (assumption)."""
LOWEST, HIGHEST = 85, 100
"""Percent that the sensor can tell."""
INTERVAL = (10 * MINUTE, 20 * MINUTE)
"""Shortest and longest time between two samples, seconds (assumption)."""


class Oxygen:
    """Samples the oxygen saturation of the blood (SpO2) while the wearer is asleep."""

    __slots__ = ("_apnoea", "_draws", "_due", "_hazards", "_health", "_household", "_mean", "_person")

    def __init__(self, person: Person, traits: Draws, draws: Draws) -> None:
        self._person = person.id
        self._household = person.household
        self._hazards = hazards_of(person, Hazard.HEALTH, Hazard.SLEEP)
        self._health = person.health
        self._apnoea = person.age >= ADULT and traits.chance(APNOEA)
        self._mean = traits.normal(*ASLEEP) - (APNOEA_DROP if self._apnoea else 0.0)
        self._draws = draws
        self._due = 0.0

    def record(self, stretch: Stretch, burst: list[Reading]) -> None:
        """Take the samples of a stretch."""
        if stretch.spell.activity is not Activity.ASLEEP:
            return
        at = max(self._due, stretch.start)
        mean = self._mean - PER_DEGREE * self._health.fever(at)
        noise = APNOEA_NOISE if self._apnoea else NOISE
        while at < stretch.end:
            percent = round(self._draws.normal(mean, noise))
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
