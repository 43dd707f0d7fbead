"""The battery, and the habit of charging it: they decide when the wearable is worn."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.core.seeds import Draws
from simulator.core.units import HOUR
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person, Spell

FULL = 100.0
CHARGING_TIME = 1.5 * HOUR
"""Seconds from empty to full (vendor data, from memory)."""
ASLEEP_DRAIN = 0.4
"""Drain asleep, with the screen dark, as a share of the drain awake (assumption)."""
NIGHT_CHARGERS = 0.3
"""Share of wearers who charge at night, so that their wearable never sees them asleep (assumption)."""
LOW = (20.0, 50.0)
"""Range of the level, percent, at which a wearer looks for the charger when awake at home (assumption)."""


class Battery:
    """Drains while worn, and is charged off the wrist.

    A wearer puts it on the charger at home: some at night, for as long as they sleep, all of them
    when they are awake and see it low, until it is full or they go. An empty one stays on the wrist, records
    nothing and reaches no phone.

    Args:
        person: the wearer.
        life: seconds that a full battery lasts awake.
        draws: for the wearer's habits.

    Attributes:
        level: percent.
        charges_at_night: whether the wearer takes it off to sleep.
        charging: whether it is on the charger.
    """

    __slots__ = ("_home", "_low", "_rate", "charges_at_night", "charging", "level")

    def __init__(self, person: Person, life: float, draws: Draws) -> None:
        self._home = person.home
        self._rate = FULL / life
        self.charges_at_night = draws.chance(NIGHT_CHARGERS)
        self._low = draws.uniform(*LOW)
        self.level = draws.uniform(self._low, FULL)
        self.charging = False

    @property
    def empty(self) -> bool:
        """Whether there is no power left."""
        return self.level <= 0.0

    def live(self, spell: Spell, start: float, end: float) -> Iterator[Stretch]:
        """Live through a part of a spell and yield it, cut where the wearable is put on or off or dies."""
        asleep = spell.activity is Activity.ASLEEP
        home = spell.place is self._home
        awake_home = home and not asleep
        overnight = home and asleep and self.charges_at_night
        while start < end:
            low = awake_home and self.level <= self._low
            self.charging = overnight or low or (self.charging and awake_home and self.level < FULL)
            worn = not self.charging and not self.empty
            if self.charging:
                full = self._charge(start, end)
                until = end if overnight else full
            elif worn:
                until = self._drain(start, end, asleep, self._low if awake_home else 0.0)
            else:
                until = end
            if until > start:
                yield Stretch(start, until, spell, worn)
            start = until

    def _charge(self, start: float, end: float) -> float:
        """Charge until full or `end`; return when."""
        full = start + (FULL - self.level) / FULL * CHARGING_TIME
        if full > end:
            self.level += (end - start) / CHARGING_TIME * FULL
            return end
        self.level = FULL
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
