"""The optical pulse sensor."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.core.calendar import Calendar
from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import HOUR, MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.gait import Piece
from simulator.devices.wearable.sampling import Rhythm
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person

PER_CADENCE = 0.4
"""Beats a minute for each step a minute (Bowman 2021, Cell Reports Methods)."""
SETTLING = 4 * MINUTE / 3
"""Time constant of the pulse, seconds: it settles (95 %) in 4 minutes (Speed 2023, PLOS Digital Health)."""
SINKING = 45 * MINUTE
"""Time constant of the drop asleep, seconds (assumption); so the pulse is lowest late in the night."""
CIRCADIAN = 0.4
"""Amplitude of the circadian part, beats a minute, beside the body's own drop asleep; with it the gap of
day and night is 4 (Speed 2023)."""
NADIR = 5.0
"""Local hour of the lowest resting pulse, in the middle of 3 to 7 (Speed 2023)."""
NOISE = 2.5
"""SD of the noise, beats a minute (assumption)."""
MEMORY = 5 * MINUTE
"""Time constant of the noise, an AR(1) process, in seconds (assumption)."""
LOWEST, HIGHEST = 35, 210
"""Beats a minute that the sensor can tell."""

_RADIANS = 2 * math.pi / (24 * HOUR)


class Pulse:
    """Samples the pulse: rest + circadian + response to activity + noise with memory.

    The response follows the cadence with a lag, so the pulse recovers after a walk, and it sinks in the
    first hours asleep.
    """

    __slots__ = (
        "_draws",
        "_due",
        "_gap",
        "_hazards",
        "_household",
        "_nadir",
        "_night_drop",
        "_noise",
        "_person",
        "_response",
        "_rest",
        "_rhythm",
        "_sunk",
    )  # fmt: skip

    def __init__(self, person: Person, rhythm: Rhythm, calendar: Calendar, draws: Draws) -> None:
        self._person = person.id
        self._household = person.household
        self._hazards = hazards_of(person, Hazard.HEALTH)
        self._rest = person.body.resting_pulse
        self._night_drop = person.body.pulse_night_drop
        self._rhythm = rhythm
        self._draws = draws
        self._nadir = (NADIR - calendar.hour(0.0)) * HOUR
        self._due = -math.inf
        self._gap = math.inf
        self._response = 0.0
        self._sunk = 0.0
        self._noise = 0.0

    def record(self, stretch: Stretch, pieces: Sequence[Piece], burst: list[Reading]) -> None:
        """Take the samples of a stretch."""
        activity = stretch.spell.activity
        exercise = activity is Activity.EXERCISE
        shortest, longest = (self._rhythm.exercise,) * 2 if exercise else self._rhythm.rest
        irregular = shortest < longest
        asleep = activity is Activity.ASLEEP
        floor, settling = (-self._night_drop, SINKING) if asleep else (0.0, SETTLING)
        if self._due < stretch.start:
            # The wearable was off the wrist for a while, and the body settled unseen.
            self._response, self._sunk = 0.0, floor
        due = min(max(self._due, stretch.start), stretch.start + longest)
        gap = self._gap if irregular else longest
        kept, fresh = _memory(gap)
        noise = self._noise
        place, facts = stretch.place, stretch.facts
        person, household, hazards = self._person, self._household, self._hazards
        uniform, normal, exp = self._draws.uniform, self._draws.normal, math.exp
        for start, end, cadence in pieces:
            target = PER_CADENCE * cadence
            offset = self._response - target
            circadian = -CIRCADIAN * math.cos((start - self._nadir) * _RADIANS)
            level = self._rest + self._sunk + circadian + target
            while due < end:
                noise = kept * noise + fresh * normal()
                bpm = round(level + offset * exp((start - due) / SETTLING) + noise)
                burst.append(
                    Reading(
                        due,
                        "heart_rate",
                        {"bpm": bpm if LOWEST <= bpm <= HIGHEST else min(max(bpm, LOWEST), HIGHEST)},
                        person,
                        household,
                        place,
                        hazards,
                        facts,
                    )
                )
                if irregular:
                    gap = uniform(shortest, longest)
                    kept, fresh = _memory(gap)
                due += gap
            self._response = target + offset * exp((start - end) / SETTLING)
            self._sunk = floor + (self._sunk - floor) * exp((start - end) / settling)
        self._due, self._gap, self._noise = due, gap, noise


def _memory(gap: float) -> tuple[float, float]:
    """Return how much of the noise is left after some seconds, and the SD of what has come new."""
    kept = math.exp(-gap / MEMORY)
    return kept, NOISE * math.sqrt(1.0 - kept * kept)
