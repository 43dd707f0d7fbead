"""The television of a household: on now and then, only while somebody is awake at home."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from simulator.core.calendar import Calendar
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.world.hazard import Hazard
from simulator.world.household import Household
from simulator.world.person import Spell

SWITCHING_ON = Hazard(
    weekday={0: 0.05, 1: 0.0, 6: 0.15, 9: 0.1, 16: 0.2, 18: 0.5, 19: 0.8, 22: 0.3, 23: 0.15},
    weekend={0: 0.05, 1: 0.0, 7: 0.2, 12: 0.25, 17: 0.4, 19: 0.8, 22: 0.3, 23: 0.15},
)
"""Times an hour that an average household with somebody awake at home switches it on (assumption; it makes
evenings of two to three hours, as time-use surveys find)."""

SESSION_MEDIAN, SESSION_LOG_SD = 75 * MINUTE, 0.6
"""Seconds that it runs if nothing ends it (assumption)."""


class Television:
    """Switches a household's television; nobody else does.

    Args:
        env: the SimPy environment.
        calendar: gives the hour of the week.
        household: whose it is; its members are observed from now on.
        draws: a stream of this television.
    """

    def __init__(
        self, env: simpy.Environment, calendar: Calendar, household: Household, draws: Draws
    ) -> None:
        self._env = env
        self._calendar = calendar
        self._household = household
        self._draws = draws
        notice = self._notice
        for person in household.members:
            person.observers.append(notice)

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Return the process that switches it on, and off again."""
        env, draws, household = self._env, self._draws, self._household
        liking = draws.lognormal(0.8, 0.6)
        while True:
            yield env.timeout(SWITCHING_ON.next(self._calendar, env.now, liking, draws) - env.now)
            if household.awake_at_home():
                household.switch_television(True)
                yield env.timeout(draws.lognormal(SESSION_MEDIAN, SESSION_LOG_SD))
                if household.television_on:
                    household.switch_television(False)

    def _notice(self, finished: Spell, begun: Spell) -> None:
        """Switch it off when the last one who is awake goes out or to bed."""
        if self._household.television_on and not self._household.awake_at_home():
            self._household.switch_television(False)
