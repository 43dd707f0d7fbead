"""A stretch of the wearer's time, as the wearable lived through it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.core.readings import Value
from simulator.world.person import Activity, Spell

FACTS: dict[Activity, dict[str, Value]] = {activity: {"activity": activity.value} for activity in Activity}
"""What the truth knows about each reading; shared, since one is needed for every reading."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of one spell, during which the wearable is worn or is not.

    Attributes:
        start: simulated seconds.
        end: later than start.
        spell: what the wearer does.
        worn: whether it is on the wrist and runs; nothing is sampled otherwise.
    """

    start: float
    end: float
    spell: Spell
    worn: bool

    @property
    def place(self) -> str | None:
        """Id of the place, None on a trip."""
        return None if self.spell.place is None else self.spell.place.id

    @property
    def facts(self) -> dict[str, Value]:
        """What is true about a reading of this stretch."""
        return FACTS[self.spell.activity]
