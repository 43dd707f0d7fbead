"""When people with time on their hands go out, and when they go shopping."""

from __future__ import annotations

import math

from simulator.core.units import HOUR, MINUTE
from simulator.world.hazard import Hazard

GOING_OUT = Hazard(
    weekday={
        0: 0.0,
        7: 0.05,
        8: 0.1,
        9: 0.17,
        14: 0.13,
        18: 0.16,
        19: 0.11,
        20: 0.07,
        21: 0.04,
        22: 0.02,
        23: 0.0,
    },
    weekend={
        0: 0.0,
        7: 0.04,
        8: 0.09,
        9: 0.19,
        12: 0.21,
        15: 0.17,
        18: 0.19,
        20: 0.11,
        21: 0.06,
        22: 0.04,
        23: 0.0,
    },
)
"""Outings an hour of free time at home, of a person of mean sociability (assumption; with the ways to work
and to the shop, people make 3.4 trips a day, as in the National Household Travel Survey of 2017)."""

SHOPPING = Hazard(
    weekday={
        0: 0.0,
        8: 0.015,
        9: 0.02,
        10: 0.035,
        11: 0.09,
        13: 0.042,
        15: 0.09,
        16: 0.035,
        17: 0.02,
        20: 0.0,
    },
    weekend={0: 0.0, 8: 0.021, 10: 0.052, 15: 0.042, 17: 0.02, 20: 0.0},
)
"""Shopping trips an hour of free time at home, of an adult whose pantry is empty and who has not planned any.
Peaks on weekdays from 11 to 13 and from 15 to 16 (USDA ERS 2019); planned trips have the same peaks, since
people take their hour from these."""

SPONTANEOUS = 0.42
"""What trips that nobody has planned are of `SHOPPING`; with planned ones there are 1.69 a week and household
(FMI 2011)."""

TRIPS_A_WEEK = 1.69
"""Shopping trips of a household (FMI 2011); what a shop expects of the households around it."""

STAY_LOG_SD = 0.5
SHOPPING_MEDIAN_WEEKEND = 41 * MINUTE / math.exp(STAY_LOG_SD**2 / 2)
SHOPPING_MEDIAN_WEEKDAY = 34 * MINUTE / math.exp(STAY_LOG_SD**2 / 2)
"""Seconds in the shop; the means are 41 and 34 minutes (Time Use Institute)."""

OUTING_MEDIAN = 115 * MINUTE
VISIT_MEDIAN = 120 * MINUTE
EXERCISE_MEDIAN = 40 * MINUTE
SHORTEST_STAY = 8 * MINUTE
"""Seconds at a place (assumptions)."""

ERRAND_MEDIAN, ERRAND_LOG_SD = 18 * MINUTE, 0.7
"""Seconds at a further place on the way, such as a bank, a chemist or a café, and the SD of their logarithm
(assumptions)."""

GOES_ON, GOES_ON_FROM_WORK = 0.38, 0.35
"""Chance to go on to another place rather than home, from places that people went to in their free time, and
from work (McGuckin, Zmud and Nakamoto 2005, Transportation Research Record 1917, on the surveys of 1995 and
2001; from memory, three workers in ten stop on their way home)."""

SHOPS_ON_THE_WAY = 0.12
"""Share of those ways on which people whose pantry is empty shop (assumption)."""

LINGERS = 0.3
"""Share of the others of them that lead to another outing and no mere errand (assumption)."""

PLACES_OPEN = (7.0, 22.0)
"""Local hours between which anybody goes on to anywhere but home (assumption)."""

EATS_OUT = 0.2
NOON, LUNCH_SD, LUNCH_MEDIAN = 12.3 * HOUR, 25 * MINUTE, 30 * MINUTE
NOON_BREAK = 2 * HOUR
NEAR_WORK = 3_000.0
"""Share of long days at work on which people go out for lunch, when they leave, and for how long; the least
time at work after noon, and metres to a place to eat (assumptions; the trips of a day have a peak of their
own at noon, National Household Travel Survey 2017)."""

TO_FRIENDS = 0.22
"""Share of outings to the home of friends or relatives, if anybody is in (National Travel Survey, England
2019: 83 of 953 trips of a person and year are to friends at home, a third of those for leisure)."""

TO_PARKS = 0.4
"""Share of the other outings to a park, in mild daylight (assumption)."""

STAYS_IN = 0.4
"""Share of outings that nobody makes in the worst of weathers (assumption)."""
