"""The body: what stays the same about it for the length of a run. The type itself is in `person`."""

from __future__ import annotations

import math

from simulator.core.seeds import Draws
from simulator.world.person import Body, Sex

_HEIGHT = {Sex.FEMALE: (1.62, 0.065), Sex.MALE: (1.76, 0.07)}
"""Metres, mean and SD of adults (ABS National Health Survey 2017-18, rounded)."""

_STEP = {Sex.FEMALE: 0.413, Sex.MALE: 0.415}
"""Step length over height: the rule that pedometers use."""

_GROWN = 17

USUAL_EXERCISE, TRAINED = 0.22, 8.0
"""Mean chance of people to exercise on a day, and by how many beats a minute the resting pulse of who does so
every day is lower than that of who never does; endurance training takes three to six off it (Reimers 2018,
Journal of Clinical Medicine 7, a review; the slope is an assumption)."""


def draw_body(age: int, sex: Sex, draws: Draws, exercise: float = USUAL_EXERCISE) -> Body:
    """Return the body of a person.

    Resting pulse: mean 65.5, SD 7.7 between adults, 40 to 109, as watches find it (Quer 2020); the body's own
    is 0.8 lower, since nobody is quite still for them. It is 2.4 higher in women than in men
    and about two a year of youth higher in children (assumptions). It falls by 4 at night (Speed 2023).
    RMSSD: 60 ms at 20, 33 at 50, 22 past 65 (guide values of a study of 104,431 ring users); SD between
    people of one age 0.35 in the logarithm (assumption).

    Args:
        age: years.
        sex: theirs.
        draws: what is left to chance.
        exercise: chance that they want exercise on a day.
    """
    youth = max(_GROWN - age, 0)
    pulse = draws.normal(65.9 if sex is Sex.FEMALE else 63.5, 7.5) + 2.0 * youth
    pulse -= TRAINED * (exercise - USUAL_EXERCISE)
    rmssd = 60.0 * math.exp(-math.log(60.0 / 33.0) / 30.0 * (min(max(age, 20), 72) - 20))
    height = draws.normal(*_HEIGHT[sex]) * (1.0 - 0.55 * youth / _GROWN)
    return Body(
        resting_pulse=min(max(pulse, 40.0), 109.0),
        pulse_night_drop=min(max(draws.normal(4.0, 1.2), 1.0), 8.0),
        rmssd=draws.lognormal(rmssd, 0.35),
        step_length=_STEP[sex] * height,
    )
