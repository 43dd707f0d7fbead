"""The census: who lives together, how they belong together, their ages, and what fills their weekdays.

Shares of household types are those of Australia (ABS Census 2021: 70.5 % families, 25.6 % alone, 3.9 % group
households; of the families 38.8 % couples without and 43.7 % with children, 15.9 % one parent, four in five
of them mothers, 1.6 % others, who here live like a group; 2.5 people in a household). How many children,
how far apart, and who of the old lives with the young are assumptions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from simulator.core.seeds import Draws
from simulator.world.person import Occupation, Relation, Sex

INDEPENDENT = 12
"""From this age a child is out and at home without an adult."""

ADULT = 18

YOUNGEST_PARENT = 18
"""Years between a parent and any of their children, at least."""

OLDEST = 95

RETIREMENT = 66
"""Hardly anybody works past it; a quarter has stopped in the six years before."""


GROWN_UP_COUPLE, GROWN_UP_SINGLE = 0.20, 0.37
"""Share of families with two parents and with one whose children at home are all grown up (assumptions)."""

_LATER_AGES = range(50, OLDEST + 1)
_LATER_WEIGHTS = tuple(
    min((age - 45) / 20, 1.0) * math.exp(-0.012 * (age - 50) - 0.0155 * (math.exp(0.1 * (age - 50)) - 1.0))
    for age in _LATER_AGES
)
"""Ages of those whose children have left home, and how many there are of each: from 50 to 65 ever more have
left (assumption), births have grown by 1.2 % a year, and the risk to die, 0.16 % at 50, grows by a tenth each
year (Gompertz 1825; rates as in ABS Life Tables 2020-2022, rounded)."""

LEFT_HOME = 23
"""Years at which a child with a sister or brother who is no adult has moved out (assumption)."""

WITH_GRANDPARENT = 0.06
"""Share of homes with children in which a grandparent lives, too (assumption)."""


@dataclass(frozen=True, slots=True)
class Resident:
    """One line of the census."""

    age: int
    sex: Sex
    occupation: Occupation
    relation: Relation = Relation.ALONE


class HouseholdType(Enum):
    """How the members of a household belong together."""

    ALONE = auto()
    COUPLE = auto()
    FAMILY = auto()
    SINGLE_PARENT = auto()
    SHARED = auto()


_TYPES = {
    HouseholdType.ALONE: 0.256,
    HouseholdType.COUPLE: 0.705 * 0.388,
    HouseholdType.FAMILY: 0.705 * 0.437,
    HouseholdType.SINGLE_PARENT: 0.705 * 0.159,
    HouseholdType.SHARED: 0.039 + 0.705 * 0.016,
}


def draw_residents(draws: Draws) -> list[Resident]:
    """Return the members of one household: adults first, then children from the oldest down."""
    match draws.choice(tuple(_TYPES), tuple(_TYPES.values())):
        case HouseholdType.ALONE:
            return [_resident(_adult_age(draws), _sex(draws), Relation.ALONE, draws)]
        case HouseholdType.COUPLE:
            return _couple(_adult_age(draws), Relation.PARTNER, draws)
        case HouseholdType.SHARED:
            count = draws.choice((2, 3, 4), (0.5, 0.3, 0.2))
            return [
                _resident(19 + draws.below(14), _sex(draws), Relation.FLATMATE, draws) for _ in range(count)
            ]
        case HouseholdType.SINGLE_PARENT:
            children, age = _children(draws, GROWN_UP_SINGLE, (0.52, 0.33, 0.12, 0.03))
            sex = Sex.FEMALE if draws.chance(0.8) else Sex.MALE
            return _with_grandparent([_resident(age, sex, Relation.PARENT, draws)], children, draws)
        case HouseholdType.FAMILY:
            children, age = _children(draws, GROWN_UP_COUPLE, (0.36, 0.42, 0.16, 0.06))
            return _with_grandparent(_couple(age, Relation.PARENT, draws), children, draws)


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
        if resident.occupation is Occupation.AT_HOME
        and resident.relation is Relation.PARENT
        and resident.age >= parent_age
    )
    return next(at_home, 0)


def _sex(draws: Draws) -> Sex:
    return Sex.FEMALE if draws.chance(0.507) else Sex.MALE


def _adult_age(draws: Draws) -> int:
    """Return the age of an adult without children at home: before them, or after them.

    The latter are as many of an age as are still alive, and as were born: 17 % of all people are 65 or older,
    and 2 % are 85 or older (ABS Census 2021).
    """
    return 23 + draws.below(22) if draws.chance(0.3) else draws.choice(_LATER_AGES, _LATER_WEIGHTS)


def _couple(age: int, relation: Relation, draws: Draws) -> list[Resident]:
    """Return two partners, of whom the woman, if there is one, is of the given age."""
    first, second = Sex.FEMALE, Sex.MALE
    if draws.chance(0.02):
        first = second = _sex(draws)
    partner = min(max(ADULT, round(age + draws.normal(2.0, 3.5))), OLDEST)
    return [_resident(age, first, relation, draws), _resident(partner, second, relation, draws)]


def _children(draws: Draws, grown_up: float, counts: tuple[float, ...]) -> tuple[list[Resident], int]:
    """Return the children of a family, oldest first, and the age of a parent.

    Args:
        draws: what is left to chance.
        grown_up: chance that all of them are.
        counts: weights of one child, two and so on.
    """
    grown = draws.chance(grown_up)
    ages = [ADULT + draws.below(14) if grown else draws.below(ADULT)]
    for _ in range(draws.choice(range(len(counts)), counts)):
        ages.append(ages[-1] + draws.choice((1, 2, 3, 4), (0.1, 0.4, 0.35, 0.15)))
    gone = LEFT_HOME if not grown else LEFT_HOME + 12
    ages = [age for age in ages if age < gone]
    parent = round(ages[-1] + min(max(draws.normal(29.0, 5.0), YOUNGEST_PARENT), 43.0))
    return [_resident(age, _sex(draws), Relation.CHILD, draws) for age in reversed(ages)], parent


def _with_grandparent(parents: list[Resident], children: list[Resident], draws: Draws) -> list[Resident]:
    """Return a family, in some with a grandparent, mostly a widow."""
    if not draws.chance(WITH_GRANDPARENT):
        return [*parents, *children]
    age = min(parents[0].age + round(min(max(draws.normal(29.0, 5.0), YOUNGEST_PARENT), 43.0)), OLDEST)
    sex = Sex.FEMALE if draws.chance(0.75) else Sex.MALE
    return [*parents, _resident(age, sex, Relation.GRANDPARENT, draws), *children]


def _resident(age: int, sex: Sex, relation: Relation, draws: Draws) -> Resident:
    return Resident(age, sex, _occupation(age, sex, draws), relation)


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
