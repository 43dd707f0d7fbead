"""Sleep: how much a person needs, and when it begins and ends."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass

from simulator.core.seeds import Draws
from simulator.world.person import Sex

_MID_SLEEP = (
    (0, 2.0),
    (6, 2.3),
    (10, 2.7),
    (14, 3.5),
    (20, 4.5),
    (30, 3.3),
    (40, 2.75),
    (50, 2.4),
    (60, 2.2),
    (95, 2.0),
)
"""Mid-sleep on free days, local hour, by age: latest at about 20, earlier again with age. The shape is that
of the Munich Chronotype Questionnaire (Roenneberg 2007, Sleep Medicine Reviews), the level a little earlier
so that sleep begins when wearables see it begin."""

_NEED = ((0, 11.5), (5, 10.2), (12, 9.0), (18, 7.4), (30, 7.05), (60, 6.8), (95, 6.6))
"""Hours of sleep that a person takes when nothing wakes them, by age (wearables; children after Hirshkowitz
2015, Sleep Health)."""

SEX_GAP = 0.4
"""Hours that women sleep longer than men (6 billion nights of Fitbit users)."""

YIELD = 0.75
"""Share of the sleep an alarm would cut that a person saves by going to bed earlier (assumption; it makes
social jet lag)."""

NIGHTLY = 0.8
"""SD in hours of bed time, and of length, from night to night; 1 h in all (Goparaju 2024, assumption)."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """One person's sleep as nature made it.

    Attributes:
        chronotype: local hour of mid-sleep on free days.
        need: hours asleep when nothing wakes them.
    """

    chronotype: float
    need: float

    def onset(self, alarm: float | None) -> float:
        """Return the hour at which sleep begins, relative to midnight and often negative.

        Args:
            alarm: hour at which they must be up, None if they may sleep.
        """
        free = self.chronotype - self.need / 2
        if alarm is None:
            return free
        return free - YIELD * max(free + self.need - alarm, 0.0)


def draw_sleep(age: int, sex: Sex, draws: Draws) -> Sleep:
    """Return the sleep of a person.

    Men are later than women until about 50 (Roenneberg 2007). SD between people of one age: 0.8 h of
    mid-sleep, clipped to 2 to 6 h, and 0.5 h of need (assumptions).
    """
    later = 0.15 if age < 50 else 0.0
    chronotype = _at_age(_MID_SLEEP, age) + (later if sex is Sex.MALE else -later) + draws.normal(0.0, 0.8)
    gap = SEX_GAP / 2 if age >= 18 else 0.0
    need = _at_age(_NEED, age) + (gap if sex is Sex.FEMALE else -gap) + draws.normal(0.0, 0.5)
    return Sleep(min(max(chronotype, 2.0), 6.0), need)


def _at_age(curve: tuple[tuple[int, float], ...], age: int) -> float:
    """Return the value of a curve at an age, on straight lines between its points."""
    i = min(bisect(curve, (age, float("inf"))), len(curve) - 1)
    (left, low), (right, high) = curve[i - 1], curve[i]
    return low + (high - low) * min((age - left) / (right - left), 1.0)
