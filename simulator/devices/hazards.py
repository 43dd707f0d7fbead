"""Why a reading is personal, given whose it is."""

from __future__ import annotations

from simulator.core.readings import Hazard
from simulator.world.person import Person

ADULT_AGE = 16
"""Years; below this, data is a child's (GDPR Art. 8, where a member state sets no lower age)."""


def is_child(person: Person) -> bool:
    """Return whether a person's data is a child's."""
    return person.age < ADULT_AGE


def hazards_of(person: Person, *natural: Hazard) -> tuple[Hazard, ...]:
    """Return an observation's natural hazards, and CHILD if it is about a child."""
    return (*natural, Hazard.CHILD) if is_child(person) else natural
