"""The battery, and the habit of charging it: they decide when the wearable is worn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from enum import Enum, auto

from simulator.core.seeds import Draws
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person, Spell

FULL = 100.0
CHARGING_TIME = 1.5 * HOUR
"""Seconds from empty to full (vendor data, from memory)."""
ASLEEP_DRAIN = 0.4
"""Drain asleep, with the screen dark, as a share of the drain awake (assumption)."""
LOW = (20.0, 50.0)
"""Range of the level, percent, at which a wearer looks for the charger when awake at home (assumption)."""
DESK_LEVEL = 70.0
"""Percent at which those who charge at their desk look for the charger there (assumption)."""
MORNING = (25 * MINUTE, 60 * MINUTE)
"""Range of the time for which it charges while a wearer gets ready in the morning, seconds (assumption)."""
WASHES_WITHOUT = 0.6
"""Share of wearers who take it off to wash in the morning (assumption)."""
WASH = 12 * MINUTE
"""Seconds of that (assumption)."""
FORGOTTEN = 15 * MINUTE
"""Mean seconds until a wearer notices that it is full and puts it on again (assumption)."""
DAYS_BETWEEN = 2 * DAY
"""Seconds of life from which nobody makes a daily habit of charging."""


class Charging(Enum):
    """When a wearer charges it, apart from when it is low."""

    WHEN_LOW = auto()
    AT_NIGHT = auto()
    IN_THE_MORNING = auto()
    AT_THE_DESK = auto()


_HABITS = {
    Charging.WHEN_LOW: 0.35,
    Charging.AT_NIGHT: 0.3,
    Charging.IN_THE_MORNING: 0.2,
    Charging.AT_THE_DESK: 0.15,
}
"""Shares of the wearers of a watch, which needs it daily (assumption); those who charge at night are never
seen asleep."""


class Battery:
    """Drains while worn, and is charged off the wrist.

    A wearer puts it on the charger by habit, or when they are awake at home and see it low, until it is full
    or they go; a full one waits until they notice. Some wash without it. An empty one stays on the wrist,
    records nothing and reaches no phone.

    Args:
        person: the wearer.
        life: seconds that a full battery lasts awake.
        draws: for the wearer's habits.

    Attributes:
        level: percent.
        habit: when the wearer charges it.
        charging: whether it is on the charger.
    """

    __slots__ = (
        "_bare",
        "_draws",
        "_home",
        "_low",
        "_morning",
        "_rate",
        "_ready",
        "_slept",
        "_washes_without",
        "charging",
        "habit",
        "level",
    )

    def __init__(self, person: Person, life: float, draws: Draws) -> None:
        self._home = person.home
        self._rate = FULL / life
        self._draws = draws
        habit = draws.choice(tuple(_HABITS), tuple(_HABITS.values()))
        self.habit = habit if life < DAYS_BETWEEN else Charging.WHEN_LOW
        self._low = draws.uniform(*LOW)
        self._morning = draws.uniform(*MORNING)
        self._washes_without = draws.chance(WASHES_WITHOUT)
        self.level = draws.uniform(self._low, FULL)
        self.charging = False
        self._slept = False
        self._ready = self._bare = -math.inf

    @property
    def empty(self) -> bool:
        """Whether there is no power left."""
        return self.level <= 0.0

    def live(self, spell: Spell, start: float, end: float) -> Iterator[Stretch]:
        """Live through a part of a spell and yield it, cut where the wearable is put on or off or dies."""
        asleep = spell.activity is Activity.ASLEEP
        self._get_up(spell, asleep)
        overnight = asleep and spell.place is self._home and self.habit is Charging.AT_NIGHT
        floor = self._looks_for_charger(spell)
        while start < end:
            # By habit it stays on the charger for a fixed time, otherwise until it is full.
            fixed = end if overnight else min(self._ready, end) if floor > 0.0 else start
            low = self.level <= floor and floor > 0.0
            goes_on = self.charging and floor > 0.0 and self.level < FULL and start != self._ready
            self.charging = fixed > start or low or goes_on
            bare = start < self._bare and floor > 0.0 and not self.charging
            worn = not self.charging and not bare and not self.empty
            if fixed > start:
                until = fixed
                self._charge(start, fixed)
            elif self.charging:
                until = self._charge(start, end)
            elif bare:
                until = min(self._bare, end)
            elif worn:
                until = self._drain(start, end, asleep, floor)
            else:
                until = end
            if until > start:
                yield Stretch(start, until, spell, worn)
            start = until

    def _get_up(self, spell: Spell, asleep: bool) -> None:
        """Begin the morning when sleep is over: on the charger, or off for a wash, or neither."""
        if asleep:
            self._slept = True
        elif self._slept:
            self._slept = False
            if self.habit is Charging.IN_THE_MORNING:
                self._ready = spell.start + self._morning
            elif self._washes_without:
                self._bare = spell.start + WASH

    def _looks_for_charger(self, spell: Spell) -> float:
        """Return the level at which the wearer looks for the charger in a spell; 0 if there is none."""
        if spell.place is self._home and spell.activity is not Activity.ASLEEP:
            return self._low
        if self.habit is Charging.AT_THE_DESK and spell.activity is Activity.WORK:
            return DESK_LEVEL
        return 0.0

    def _charge(self, start: float, end: float) -> float:
        """Charge until full or `end`; return when."""
        full = start + (FULL - self.level) / FULL * CHARGING_TIME
        if full > end:
            self.level += (end - start) / CHARGING_TIME * FULL
            return end
        self.level = FULL
        self._bare = full + self._draws.exponential(FORGOTTEN)
        return full

    def _drain(self, start: float, end: float, asleep: bool, floor: float) -> float:
        """Drain down to a level or until `end`; return when."""
        rate = self._rate * (ASLEEP_DRAIN if asleep else 1.0)
        reached = start + (self.level - floor) / rate
        if reached > end:
            self.level -= (end - start) * rate
            return end
        self.level = floor
        return reached
