"""The variability of the pulse, measured while the wearer keeps still, and the alert for an irregular one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import HOUR, MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.gait import Piece
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person

ASLEEP = 1.22
"""How much higher the variability is asleep: 15 to 30 % (104,431 ring users)."""
PER_BEAT = 0.035
"""Fall of its logarithm for each beat a minute that the resting pulse is above its usual self (Sacha 2014,
Frontiers in Physiology, on how the two go together; the figure is an assumption)."""
NOISE = 0.14
"""SD of the logarithm from one measurement to the next (assumption)."""
FIBRILLATING = 3.0
"""How much higher it is in atrial fibrillation (assumption)."""
STILL = 3.0
"""Steps a minute up to which the wearer counts as still."""
INTERVAL = (1 * HOUR, 2 * HOUR)
"""Shortest and longest time between two measurements, seconds (assumption)."""
ALARMING = 75 * MINUTE
"""Seconds of an irregular pulse, still or asleep, after which an alert is raised: five of six looks that are
a quarter of an hour apart (Perez 2019, New England Journal of Medicine)."""


class Variability:
    """Measures RMSSD now and then, and raises an alert when the pulse has been irregular for long."""

    __slots__ = ("_draws", "_due", "_hazards", "_irregular", "_person")

    def __init__(self, person: Person, draws: Draws) -> None:
        self._person = person
        self._hazards = hazards_of(person, Hazard.HEALTH)
        self._draws = draws
        self._due = 0.0
        self._irregular = 0.0

    def record(self, stretch: Stretch, pieces: Sequence[Piece], burst: list[Reading]) -> None:
        """Measure in the still parts of a stretch."""
        health = self._person.health
        irregular = health.fibrillates(stretch.start)
        if irregular:
            self._look(stretch, pieces, burst)
        else:
            self._irregular = 0.0
        due = self._due
        if due >= stretch.end:
            return
        usual = self._person.body.rmssd * math.exp(-PER_BEAT * health.pulse(stretch.start))
        if stretch.spell.activity is Activity.ASLEEP:
            usual *= ASLEEP
        if irregular:
            usual *= FIBRILLATING
        for start, end, cadence in pieces:
            if cadence <= STILL and due < end:
                at = max(due, start)
                rmssd = round(self._draws.lognormal(usual, NOISE), 1)
                burst.append(self._reading("heart_rate_variability", at, {"rmssd": rmssd}, stretch))
                due = at + self._draws.uniform(*INTERVAL)
        self._due = due

    def _look(self, stretch: Stretch, pieces: Sequence[Piece], burst: list[Reading]) -> None:
        """Look out for an irregular pulse; raise one alert an episode."""
        for start, end, cadence in pieces:
            if cadence <= STILL:
                before, self._irregular = self._irregular, self._irregular + end - start
                if before < ALARMING <= self._irregular:
                    at = start + ALARMING - before
                    burst.append(self._reading("irregular_pulse", at, {"minutes": 75}, stretch))

    def _reading(self, event: str, at: float, values: dict[str, float], stretch: Stretch) -> Reading:
        person = self._person
        return Reading(
            at, event, values, person.id, person.household, stretch.place, self._hazards, stretch.facts
        )
