"""Life: a person's process, day after day from waking to sleep."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.census import INDEPENDENT
from simulator.world.habits import Habits
from simulator.world.health import MORNING
from simulator.world.household import Household
from simulator.world.person import Activity, Person, Spell, Trip
from simulator.world.place import Place
from simulator.world.sleep import asleep, awake
from simulator.world.surroundings import Surroundings

Process = Generator[simpy.Event, Any, None]

SETTLE = 12 * MINUTE
"""Least time at home, awake, between two other things."""

SHORTEST_NIGHT = 3 * HOUR
"""Seconds that even the sleepless lie in bed (assumption)."""

AROUSAL, RESTLESSNESS = 0.035, 0.3
"""SD from night to night of the thresholds at which sleep begins and ends, as shares of them: a coffee or a
worry more, a noisy or a bright morning (assumptions; they move the one by 40 and the other by 50 minutes)."""

SICKNESS, SICKNESS_ASLEEP = 0.06, 0.3
"""By how much a °C of fever lowers them: the ill sleep earlier and longer (Opp 2005, Sleep Medicine Reviews;
the figures are assumptions, an hour and a half at either end of a night with a high fever)."""

HELD_UP, HELD_UP_AFTER_DUTIES = 0.2, 0.6
"""Chance that somebody who is sleepy does one thing more before bed; it is higher for those who have duties
on other days and none tomorrow (assumptions; on most evenings people go to bed later than they mean to:
Kroese 2014, Frontiers in Psychology)."""

HELD_UP_BY_TELEVISION = 0.15
"""What a running television adds to it (assumption)."""

ONE_MORE = (15 * MINUTE, 50 * MINUTE)
"""Shortest and longest time that it takes, seconds: an episode, a chapter, a talk (assumption)."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a day obliges a person to.

    Attributes:
        departure: simulated second at which they leave home.
        finish: when they leave for home, at the earliest.
    """

    departure: float
    finish: float


class Life(ABC):
    """One person's days and nights. Subclasses say what fills a day.

    Sleep comes from its two processes (`simulator.world.sleep`), from what keeps a person up in the evening,
    and from the alarm.

    Args:
        surroundings: what the people of the neighbourhood share.
        person: whose life it is; asleep at home when the process starts.
        habits: what they do again and again.
    """

    __slots__ = ("_draws", "_env", "_habits", "_person", "_pressure", "_since", "_surroundings")

    def __init__(self, surroundings: Surroundings, person: Person, habits: Habits) -> None:
        self._surroundings = surroundings
        self._env = surroundings.env
        self._person = person
        self._habits = habits
        self._draws = surroundings.seeds.draws("life", person.id)
        self._pressure = 0.0
        self._since = self._env.now

    def live(self, household: Household) -> Process:
        """Return the person's process in their household: day after day, without end."""
        midnight_of = self._surroundings.calendar.midnight
        midnight = midnight_of(self._env.now)
        obligation = self._duty(midnight)
        alarm = self._alarm(midnight, obligation)
        sleep = self._habits.sleep
        self._since = min(midnight + sleep.onset * HOUR, self._env.now)
        self._pressure = sleep.pressures[0]
        while True:
            yield from self._sleep(midnight, alarm)
            following = midnight_of(midnight + 1.5 * DAY)
            tomorrow = self._duty(following)
            yield from self._day(midnight, obligation, self._bedtime(following))
            midnight, obligation = following, tomorrow
            alarm = self._alarm(midnight, obligation)
            yield from self._stay_up(household, alarm)
            self._fall_asleep()

    @abstractmethod
    def _obligation(self, midnight: float) -> Obligation | None:
        """Return what the day that begins at `midnight` obliges the person to."""

    @abstractmethod
    def _day(self, midnight: float, obligation: Obligation | None, bedtime: float) -> Process:
        """Fill the day that began at `midnight`, at home at both ends and awake, until about `bedtime`."""

    def _duty(self, midnight: float) -> Obligation | None:
        """Return the obligation of a day that the person does not spend at home ill."""
        return None if self._stays_home(midnight) else self._obligation(midnight)

    def _stays_home(self, midnight: float) -> bool:
        """Return whether illness keeps the person at home on the day that begins at `midnight`."""
        return self._person.health.stays_home(midnight + MORNING)

    def _alarm(self, midnight: float, obligation: Obligation | None) -> float | None:
        """Return when the person has to get up, None if they may sleep."""
        return None if obligation is None else obligation.departure - self._habits.preparation * HOUR

    def _bedtime(self, midnight: float) -> float:
        """Return when the person, awake now, will be sleepy before the day that begins at `midnight`."""
        arousal = self._draws.normal(0.0, AROUSAL) - SICKNESS * self._person.health.fever(self._env.now)
        hour = self._habits.sleep.falls_asleep(self._pressure, (self._since - midnight) / HOUR, arousal)
        return midnight + hour * HOUR

    def _stay_up(self, household: Household, alarm: float | None) -> Process:
        """Stay up, sleepy, as adults and older children do: for one thing more, and perhaps another."""
        if self._person.age < INDEPENDENT:
            return
        free = alarm is None and self._habits.schedule is not None
        held_up = HELD_UP_AFTER_DUTIES if free else HELD_UP
        while self._draws.chance(held_up + HELD_UP_BY_TELEVISION * household.television_on):
            yield self._until(self._env.now + self._draws.uniform(*ONE_MORE))

    def _fall_asleep(self) -> None:
        self._pressure = awake(self._pressure, (self._env.now - self._since) / HOUR)
        self._since = self._env.now
        self._begin(Activity.ASLEEP, self._person.home)

    def _sleep(self, midnight: float, alarm: float | None) -> Process:
        """Sleep on until there has been enough of it, or until the alarm, and wake up at home.

        Args:
            midnight: begins the day of waking.
            alarm: when they have to get up, None if they may sleep.
        """
        fell_asleep, fever = self._since, self._person.health.fever(self._env.now)
        arousal = self._draws.normal(0.0, RESTLESSNESS) - SICKNESS_ASLEEP * fever
        hour = self._habits.sleep.wakes(self._pressure, (fell_asleep - midnight) / HOUR, arousal)
        waking = midnight + hour * HOUR
        if alarm is not None:
            waking = min(waking, alarm)
        # The second matters on the first day alone: the world begins with everybody asleep.
        yield self._until(max(waking, self._env.now + SETTLE, fell_asleep + SHORTEST_NIGHT))
        self._wake_up()

    def _nap(self, seconds: float) -> Process:
        """Sleep for some time, by day, which leaves less pressure for the night."""
        self._fall_asleep()
        yield self._until(self._env.now + seconds)
        self._wake_up()

    def _wake_up(self) -> None:
        self._pressure = asleep(self._pressure, (self._env.now - self._since) / HOUR)
        self._since = self._env.now
        self._begin(Activity.HOME, self._person.home)

    def _begin(self, activity: Activity, place: Place) -> None:
        self._person.begin(Spell(activity, self._env.now, place))

    def _go(self, activity: Activity, trip: Trip) -> simpy.Timeout:
        """Set out on a trip; return its end."""
        self._person.begin(Spell(activity, self._env.now, None, trip))
        return self._until(trip.end)

    def _until(self, at: float) -> simpy.Timeout:
        """Return an event at a simulated second, or now if that is over."""
        return self._env.timeout(max(at - self._env.now, 0.0))
