"""When people with time on their hands go out, and when they go shopping."""

from __future__ import annotations

import math

from simulator.core.units import MINUTE
from simulator.world.hazard import Hazard

GOING_OUT = Hazard(
    weekday={0: 0.0, 7: 0.03, 9: 0.1, 12: 0.13, 17: 0.115, 18: 0.19, 21: 0.07, 22: 0.02, 23: 0.0},
    weekend={0: 0.0, 8: 0.06, 9: 0.145, 12: 0.19, 18: 0.22, 21: 0.1, 22: 0.045, 23: 0.0},
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
    weekend={0: 0.0, 8: 0.016, 10: 0.04, 15: 0.032, 17: 0.016, 20: 0.0},
)
"""Shopping trips an hour of free time at home, of an adult whose pantry is empty and who has not planned any.
Peaks on weekdays from 11 to 13 and from 15 to 16 (USDA ERS 2019); planned trips have the same peaks, since
people take their hour from these."""

SPONTANEOUS = 0.72
"""What trips that nobody has planned are of `SHOPPING`; with planned ones there are 1.69 a week and household
(FMI 2011)."""

TRIPS_A_WEEK = 1.69
"""Shopping trips of a household (FMI 2011); what a shop expects of the households around it."""

STAY_LOG_SD = 0.5
SHOPPING_MEDIAN_WEEKEND = 41 * MINUTE / math.exp(STAY_LOG_SD**2 / 2)
SHOPPING_MEDIAN_WEEKDAY = 34 * MINUTE / math.exp(STAY_LOG_SD**2 / 2)
"""Seconds in the shop; the means are 41 and 34 minutes (Time Use Institute)."""

OUTING_MEDIAN = 105 * MINUTE
VISIT_MEDIAN = 120 * MINUTE
EXERCISE_MEDIAN = 40 * MINUTE
SHORTEST_STAY = 8 * MINUTE
"""Seconds at a place (assumptions)."""

TO_FRIENDS = 0.22
"""Share of outings to the home of friends or relatives, if anybody is in (National Travel Survey, England
2019: 83 of 953 trips of a person and year are to friends at home, a third of those for leisure)."""

TO_PARKS = 0.4
"""Share of the other outings to a park, in mild daylight (assumption)."""

STAYS_IN = 0.4
"""Share of outings that nobody makes in the worst of weathers (assumption)."""
