"""The census: who lives together, how old they are, and what fills their weekdays.

Shares of household types and sizes are those of Australia rounded (ABS Census 2021: 26 % live alone, a
household has 2.5 people on average); the spacing of ages is an assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from simulator.core.seeds import Draws
from simulator.world.person import Occupation, Sex

INDEPENDENT = 12
"""From this age a child is out and at home without an adult."""

ADULT = 18

YOUNGEST_PARENT = 18
"""Years between a parent and any of their children, at least; children are at most eight years apart."""

RETIREMENT = 66
"""Hardly anybody works past it; a quarter has stopped in the six years before."""


@dataclass(frozen=True, slots=True)
class Resident:
    """One line of the census."""

    age: int
    sex: Sex
    occupation: Occupation


class HouseholdType(Enum):
    """How the members of a household belong together."""

    ALONE = auto()
    COUPLE = auto()
    FAMILY = auto()
    SINGLE_PARENT = auto()
    SHARED = auto()


_TYPES = {
    HouseholdType.ALONE: 0.25,
    HouseholdType.COUPLE: 0.27,
    HouseholdType.FAMILY: 0.33,
    HouseholdType.SINGLE_PARENT: 0.10,
    HouseholdType.SHARED: 0.05,
}


def draw_residents(draws: Draws) -> list[Resident]:
    """Return the members of one household: adults first, then children from the oldest down."""
    match draws.choice(tuple(_TYPES), tuple(_TYPES.values())):
        case HouseholdType.ALONE:
            return [_resident(_adult_age(draws), _sex(draws), draws)]
        case HouseholdType.COUPLE:
            return _couple(_adult_age(draws), draws)
        case HouseholdType.SHARED:
            count = draws.choice((2, 3, 4), (0.5, 0.3, 0.2))
            return [_resident(19 + draws.below(14), _sex(draws), draws) for _ in range(count)]
        case HouseholdType.SINGLE_PARENT:
            children, parent = _children(draws, (0.6, 0.3, 0.1))
            sex = Sex.FEMALE if draws.chance(0.8) else Sex.MALE
            return [_resident(parent, sex, draws), *children]
        case HouseholdType.FAMILY:
            children, parent = _children(draws, (0.38, 0.42, 0.20))
            return [*_couple(parent, draws), *children]


def find_guardian(residents: Sequence[Resident]) -> int:
    """Return the index of the adult who looks after the children and decides for them.

    It is a parent, not a grown-up sister or brother, nor a partner too young to be a parent of all of them:
    whoever is at home by day, or the first.
    """
    oldest = max((resident.age for resident in residents if resident.age < ADULT), default=0)
    parent_age = oldest + YOUNGEST_PARENT
    at_home = (
        number
        for number, resident in enumerate(residents)
        if resident.occupation is Occupation.AT_HOME and resident.age >= parent_age
    )
    return next(at_home, 0)


def _sex(draws: Draws) -> Sex:
    return Sex.FEMALE if draws.chance(0.507) else Sex.MALE


def _adult_age(draws: Draws) -> int:
    """Return the age of an adult without children at home: before them, or after them."""
    return 23 + draws.below(22) if draws.chance(0.4) else 45 + draws.below(45)


def _couple(age: int, draws: Draws) -> list[Resident]:
    """Return two partners, of whom the woman, if there is one, is of the given age."""
    first, second = Sex.FEMALE, Sex.MALE
    if draws.chance(0.02):
        first = second = _sex(draws)
    partner = max(ADULT, round(age + draws.normal(2.0, 3.5)))
    return [_resident(age, first, draws), _resident(min(partner, 95), second, draws)]


def _children(draws: Draws, counts: tuple[float, ...]) -> tuple[list[Resident], int]:
    """Return the children of a family, oldest first, and the age of a parent."""
    ages = [draws.below(ADULT)]
    for _ in range(draws.choice(range(len(counts)), counts)):
        ages.append(ages[-1] + draws.choice((1, 2, 3, 4), (0.1, 0.4, 0.35, 0.15)))
    # Whoever is grown up has mostly left; the youngest is always a child.
    ages = [age for age in ages if age < 23]
    parent = round(ages[-1] + min(max(draws.normal(29.0, 5.0), YOUNGEST_PARENT), 43.0))
    return [_resident(age, _sex(draws), draws) for age in reversed(ages)], parent


def _resident(age: int, sex: Sex, draws: Draws) -> Resident:
    return Resident(age, sex, _occupation(age, sex, draws))


def _occupation(age: int, sex: Sex, draws: Draws) -> Occupation:
    if age < 5:
        return Occupation.INFANT
    if age < ADULT:
        return Occupation.PUPIL
    if age >= 75:
        return Occupation.RETIRED
    if age < 23 and draws.chance(0.5):
        return Occupation.STUDENT
    if age >= RETIREMENT - 6 and draws.chance(0.25 if age < RETIREMENT else 0.85):
        return Occupation.RETIRED
    employed = 0.84 if sex is Sex.MALE else 0.76
    return Occupation.WORKER if draws.chance(employed) else Occupation.AT_HOME
