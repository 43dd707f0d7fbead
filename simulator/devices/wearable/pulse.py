"""The optical pulse sensor."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.core.calendar import Calendar
from simulator.core.readings import Hazard, Reading, Value
from simulator.core.seeds import Draws
from simulator.core.units import HOUR, MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.gait import Piece
from simulator.devices.wearable.optics import Optics
from simulator.devices.wearable.sampling import Rhythm
from simulator.devices.wearable.stretch import Stretch
from simulator.world.circadian import circadian
from simulator.world.person import Activity, Person

PER_CADENCE = 0.4
"""Beats a minute for each step a minute (Bowman 2021, Cell Reports Methods)."""
SETTLING = 1.5 * MINUTE
"""Time constant of the pulse, seconds: it settles in 4 minutes (Speed 2023, PLOS Digital Health); by then
93 % of the excess have gone, and what is left is lost in the noise."""
SINKING = 75 * MINUTE
"""Time constant of the drop asleep, seconds (assumption); so the pulse is lowest late in the night."""
CIRCADIAN = 1.6
"""Amplitude of the circadian part, beats a minute: what is left of the pulse's daily course in people who are
kept awake and lying (Vandewalle et al. 2007, Journal of Sleep Research; rounded)."""
TROUGH = 2.0
"""Hours from natural mid-sleep to the circadian trough: half a night, less the 2.2 hours that it comes before
waking, and most of an hour for which people outstay their nature."""
AWAKE = 0.36
"""Mean of the circadian process over the 17 waking hours of a day."""
WAKING_RISE = 1.2
"""The same less its mean over the night: that much of the drop asleep is circadian."""
NOISE_AWAKE, NOISE_ASLEEP = 3.5, 2.0
"""SD of the noise, beats a minute: posture, talk and meals; breath and stages (assumptions)."""
MEMORY = 5 * MINUTE
"""Time constant of the noise, an AR(1) process as in Bowman 2021, in seconds (assumption)."""
FIBRILLATION = (22.0, 13.0)
"""By how much atrial fibrillation quickens the pulse, and the SD from one sample to the next, beats a minute
(assumption)."""
LOWEST, HIGHEST = 35, 210
"""Beats a minute that the sensor can tell."""
STILL = 1.5
"""Steps a minute up to which a sample counts for the resting pulse of the day."""
SETTLED = 2.0
"""Beats a minute of the last activity that may be left in it."""
ENOUGH = 6
"""Samples that make one."""

LOCKED: dict[Activity, dict[str, Value]] = {
    activity: {"activity": activity.value, "artefact": "cadence_lock"} for activity in Activity
}
"""What the truth knows about a sample that is the wearer's cadence."""


class Pulse:
    """Samples the pulse: rest + slow course + circadian + response to activity + noise with memory.

    The response follows the cadence with a lag, so the pulse recovers after a walk, and it sinks in the
    first hours asleep. Samples are lost, or show the cadence, as `Optics` says. Once a day the resting pulse
    is reported, the mean of the samples awake and still.
    """

    __slots__ = (
        "_calendar",
        "_day",
        "_draws",
        "_due",
        "_gap",
        "_hazards",
        "_noise",
        "_optics",
        "_person",
        "_response",
        "_rest",
        "_rhythm",
        "_still",
        "_stills",
        "_sunk",
        "_trough",
    )  # fmt: skip

    def __init__(self, person: Person, rhythm: Rhythm, calendar: Calendar, draws: Draws) -> None:
        self._person = person
        self._hazards = hazards_of(person, Hazard.HEALTH)
        self._rest = person.body.resting_pulse - CIRCADIAN * AWAKE
        self._rhythm = rhythm
        self._draws = draws
        self._optics = Optics(draws)
        self._calendar = calendar
        self._trough = person.chronotype + TROUGH - calendar.hour(0.0)
        self._due = -math.inf
        self._gap = math.inf
        self._response = 0.0
        self._sunk = 0.0
        self._noise = 0.0
        self._day = calendar.day(0.0)
        self._still = self._stills = 0

    def record(self, stretch: Stretch, pieces: Sequence[Piece], burst: list[Reading]) -> None:
        """Take the samples of a stretch."""
        person = self._person
        self._report(stretch, burst)
        activity = stretch.spell.activity
        exercise = activity is Activity.EXERCISE
        shortest, longest = (self._rhythm.exercise,) * 2 if exercise else self._rhythm.rest
        irregular = shortest < longest
        asleep = activity is Activity.ASLEEP
        floor, settling, sd = 0.0, SETTLING, NOISE_AWAKE
        if asleep:
            floor, settling, sd = (
                WAKING_RISE * CIRCADIAN - person.body.pulse_night_drop,
                SINKING,
                NOISE_ASLEEP,
            )
        if self._due < stretch.start:
            # The wearable was off the wrist for a while, and the body settled unseen.
            self._response, self._sunk = 0.0, floor
        due = min(max(self._due, stretch.start), stretch.start + longest)
        gap = self._gap if irregular else longest
        kept, fresh = _memory(gap)
        noise = self._noise
        rest = self._rest + person.health.pulse(stretch.start)
        fibrillates = person.health.fibrillates(stretch.start)
        if fibrillates:
            quicker, sd = FIBRILLATION
            rest, kept, fresh = rest + quicker, 0.0, 1.0
        place, facts = stretch.place, stretch.facts
        identity, household, hazards = person.id, person.household, self._hazards
        uniform, normal, exp = self._draws.uniform, self._draws.normal, math.exp
        for start, end, cadence in pieces:
            lost, found, locked, released = self._optics.trouble(start, end, cadence)
            target = PER_CADENCE * cadence
            offset = self._response - target
            level = rest + self._sunk + CIRCADIAN * circadian(start / HOUR - self._trough) + target
            first, beats = len(burst), 0
            while due < end:
                noise = kept * noise + fresh * normal()
                if due < lost or due >= found:
                    if locked <= due < released:
                        bpm, known = round(cadence + noise), LOCKED[activity]
                    else:
                        bpm = round(level + offset * exp((start - due) / SETTLING) + sd * noise)
                        known = facts
                    if not LOWEST <= bpm <= HIGHEST:
                        bpm = min(max(bpm, LOWEST), HIGHEST)
                    beats += bpm
                    burst.append(
                        Reading(
                            due,
                            "heart_rate",
                            {"bpm": bpm},
                            identity,
                            household,
                            place,
                            hazards,
                            known,
                        )
                    )
                if irregular:
                    gap = uniform(shortest, longest)
                    if not fibrillates:
                        kept, fresh = _memory(gap)
                due += gap
            if cadence <= STILL and offset <= SETTLED and not asleep:
                self._still += beats
                self._stills += len(burst) - first
            self._response = target + offset * exp((start - end) / SETTLING)
            self._sunk = floor + (self._sunk - floor) * exp((start - end) / settling)
        self._due, self._gap, self._noise = due, gap, noise

    def _report(self, stretch: Stretch, burst: list[Reading]) -> None:
        """Report the resting pulse of a day that is over."""
        day = self._calendar.day(stretch.start)
        if day == self._day:
            return
        self._day = day
        if self._stills >= ENOUGH:
            person = self._person
            burst.append(
                Reading(
                    stretch.start,
                    "resting_heart_rate",
                    {"bpm": round(self._still / self._stills)},
                    person.id,
                    person.household,
                    stretch.place,
                    self._hazards,
                    stretch.facts,
                )
            )
        self._still = self._stills = 0


def _memory(gap: float) -> tuple[float, float]:
    """Return how much of the noise is left after some seconds, and the SD of what has come new."""
    kept = math.exp(-gap / MEMORY)
    return kept, math.sqrt(1.0 - kept * kept)
