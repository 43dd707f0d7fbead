"""Voice match: whose voice profile a speaker takes a voice for, rightly or not."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.core.seeds import Draws
from simulator.world.person import Person

ENROLLING_AGE = 13
"""Years from which somebody may have a voice profile of their own."""
ENROLLED = 0.6
"""Share of those who have made one (assumption)."""

RECOGNISED, CONFUSED = 0.90, 0.05
"""Share of the commands of somebody with a profile that are taken for theirs, and for another's; the rest are
taken for nobody's (assumptions)."""
MISTAKEN = 0.08
"""Share of the commands of somebody without one that are taken for somebody's (assumption)."""
ALIKE = 4.0
"""How much likelier a voice is taken for one of the same sex and grown or not (assumption)."""


def enrol(members: Sequence[Person], draws: Draws) -> tuple[int | None, ...]:
    """Return the number of each member's voice profile, from 1, None for who has none."""
    profiles: list[int | None] = []
    made = 0
    for person in members:
        enrolled = draws.chance(ENROLLED) and person.age >= ENROLLING_AGE
        made += enrolled
        profiles.append(made if enrolled else None)
    return tuple(profiles)


def match(
    speaker: Person, members: Sequence[Person], profiles: Sequence[int | None], draws: Draws
) -> tuple[int | None, Person | None]:
    """Return the profile that a voice is taken for and whose it is, Nones for nobody's.

    Args:
        speaker: who speaks, a member or a guest.
        members: of the household.
        profiles: their voice profiles, in the same order.
        draws: the speaker's stream.
    """
    known = [(profile, who) for profile, who in zip(profiles, members, strict=True) if profile is not None]
    own = next(((profile, who) for profile, who in known if who is speaker), None)
    others = [(profile, who) for profile, who in known if who is not speaker]
    luck = draws.uniform()
    if own is not None and luck < RECOGNISED:
        return own
    mistaken = RECOGNISED <= luck < RECOGNISED + CONFUSED if own is not None else luck < MISTAKEN
    if others and mistaken:
        return draws.choice(others, [_likeness(speaker, who) for _, who in others])
    return None, None


def _likeness(one: Person, other: Person) -> float:
    grown = (one.age >= ENROLLING_AGE) is (other.age >= ENROLLING_AGE)
    return ALIKE if one.sex is other.sex and grown else 1.0
