"""Sleep as two processes: pressure that builds up awake and is slept off, and the circadian process.

The model of Borbély (1982, Human Neurobiology) as Daan, Beersma and Borbély (1984, American Journal of
Physiology) quantified it. The pressure rises to 1 awake and falls to 0 asleep, both exponentially. Sleep
begins where it meets an upper threshold and ends where it meets a lower one, and the circadian process moves
both. What follows is not written down anywhere: a night cut short by an alarm makes the next one begin
earlier and, when nothing ends it, last longer; an evening spent awake is not slept off in full, since the
thresholds rise in the morning; free days are later than working days.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass

from simulator.core.seeds import Draws
from simulator.world.circadian import BEFORE_WAKING, circadian
from simulator.world.person import Sex

RISE, FALL = 18.2, 4.2
"""Time constants of the pressure awake and asleep, hours (Daan, Beersma and Borbély 1984)."""

AMPLITUDE = 0.1
"""By how much the circadian process moves the thresholds (Daan, Beersma and Borbély 1984)."""

_MID_SLEEP = (
    (0, 2.0),
    (6, 2.3),
    (10, 2.6),
    (14, 3.2),
    (20, 4.15),
    (30, 3.1),
    (40, 2.6),
    (50, 2.25),
    (60, 2.0),
    (95, 1.75),
)
"""Mid-sleep when nothing holds a person up, local hour, by age: latest at about 20, earlier again with age.
The shape is that of the Munich Chronotype Questionnaire (Roenneberg 2007, Sleep Medicine Reviews), the level
more than an hour earlier: the questionnaire's free days follow evenings spent up and hold what working days
are short of, and both come on top here."""

_NEED = ((0, 11.5), (5, 10.2), (12, 9.2), (18, 8.1), (30, 7.85), (60, 7.6), (95, 7.5))
"""Hours from falling asleep to waking up for good of a person whom nothing has woken or kept up for long, by
age (what wearables call sleep is shorter by the time awake in between; children after Hirshkowitz 2015, Sleep
Health)."""

SEX_GAP = 0.4
"""Hours that women sleep longer than men (6 billion nights of Fitbit users)."""

EARLIEST, LATEST = 1.0, 6.0
"""Range of mid-sleep, local hour."""

_STEP = 1.0
"""Hours between two looks for a crossing; the processes bend too slowly for two crossings in one step."""

_SECOND = 1.0 / 3600.0
"""Hours."""

_NOTHING = 1e-6
"""A pressure that passes in less than a second."""

_LONGEST = 48
"""Steps after which a crossing is no longer sought; no pressure stays between the thresholds for so long."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """One person's sleep as nature made it. Hours are those of the local clock, and go on past 24.

    Attributes:
        chronotype: hour of mid-sleep on free days.
        need: hours asleep when nothing wakes them and nothing has kept them up.
    """

    chronotype: float
    need: float

    @property
    def onset(self) -> float:
        """Hour at which sleep begins in a life without alarms, relative to midnight and often negative."""
        return self.chronotype - self.need / 2

    @property
    def trough(self) -> float:
        """Hour at which the circadian process is lowest."""
        return self.chronotype + self.need / 2 - BEFORE_WAKING

    @property
    def pressures(self) -> tuple[float, float]:
        """The pressure at onset and at waking in a life without alarms, where each day is like the last."""
        waking, sleeping = math.exp((self.need - 24.0) / RISE), math.exp(-self.need / FALL)
        onset = (1.0 - waking) / (1.0 - waking * sleeping)
        return onset, onset * sleeping

    def falls_asleep(self, pressure: float, hour: float, arousal: float = 0.0) -> float:
        """Return the hour at which a person falls asleep if nothing keeps them up.

        Args:
            pressure: theirs at `hour`, awake.
            hour: from when on.
            arousal: share by which the threshold is raised: stress, coffee; illness lowers it.
        """
        threshold = self.pressures[0] * (1.0 + arousal) - AMPLITUDE * self._circadian(self.onset)

        def excess(at: float) -> float:
            return awake(pressure, at - hour) - threshold - AMPLITUDE * self._circadian(at)

        # Until then not even the wave's crest brings sleep.
        return _crossing(excess, hour + _hours_to_rise(pressure, threshold - AMPLITUDE))

    def wakes(self, pressure: float, hour: float, arousal: float = 0.0) -> float:
        """Return the hour at which a person wakes if nothing wakes them.

        Args:
            pressure: theirs at `hour`, asleep.
            hour: from when on.
            arousal: share by which the threshold is raised: noise, worry; illness lowers it.
        """
        natural = self.chronotype + self.need / 2
        threshold = self.pressures[1] * (1.0 + arousal) - AMPLITUDE * self._circadian(natural)

        def excess(at: float) -> float:
            return threshold + AMPLITUDE * self._circadian(at) - asleep(pressure, at - hour)

        return _crossing(excess, hour + _hours_to_fall(pressure, threshold + AMPLITUDE))

    def _circadian(self, hour: float) -> float:
        return circadian(hour - self.trough)


def awake(pressure: float, hours: float) -> float:
    """Return the pressure after some hours awake."""
    return 1.0 - (1.0 - pressure) * math.exp(-hours / RISE)


def asleep(pressure: float, hours: float) -> float:
    """Return the pressure after some hours asleep."""
    return pressure * math.exp(-hours / FALL)


def _hours_to_rise(pressure: float, level: float) -> float:
    """Return the hours awake until the pressure is at a level, 0 if it is there."""
    return RISE * math.log((1.0 - pressure) / (1.0 - level)) if pressure < level < 1.0 else 0.0


def _hours_to_fall(pressure: float, level: float) -> float:
    """Return the hours asleep until the pressure is at a level, 0 if it is there."""
    return FALL * math.log(pressure / level) if 0.0 < level < pressure else 0.0


def _crossing(excess: Callable[[float], float], start: float) -> float:
    """Return the first time from `start` on at which a function is not negative, to a second, in hours."""
    before, below = start, excess(start)
    if below >= 0.0:
        return start
    for _ in range(_LONGEST):
        after = before + _STEP
        above = excess(after)
        if above >= 0.0:
            break
        before, below = after, above
    else:
        return before
    # False position; the Illinois rule keeps one end from standing still (Dowell and Jarratt 1971, BIT).
    side = 0
    while after - before > _SECOND:
        at = before - below * (after - before) / (above - below)
        value = excess(at)
        if abs(value) < _NOTHING:
            return at
        if value < 0.0:
            before, below = at, value
            above /= 2.0 if side < 0 else 1.0
            side = -1
        else:
            after, above = at, value
            below /= 2.0 if side > 0 else 1.0
            side = 1
    return after


def draw_sleep(age: int, sex: Sex, draws: Draws) -> Sleep:
    """Return the sleep of a person.

    Men are later than women until about 50 (Roenneberg 2007). SD between people of one age: 0.8 h of
    mid-sleep, clipped to 1 to 6 h, and 0.5 h of need (assumptions).
    """
    later = 0.15 if age < 50 else 0.0
    chronotype = at_age(_MID_SLEEP, age) + (later if sex is Sex.MALE else -later) + draws.normal(0.0, 0.8)
    gap = SEX_GAP / 2 if age >= 18 else 0.0
    need = at_age(_NEED, age) + (gap if sex is Sex.FEMALE else -gap) + draws.normal(0.0, 0.5)
    return Sleep(min(max(chronotype, EARLIEST), LATEST), need)


def at_age(curve: tuple[tuple[int, float], ...], age: int) -> float:
    """Return the value of a curve at an age, on straight lines between its points."""
    i = min(bisect(curve, (age, float("inf"))), len(curve) - 1)
    (left, low), (right, high) = curve[i - 1], curve[i]
    return low + (high - low) * min((age - left) / (right - left), 1.0)
