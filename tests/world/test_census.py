from __future__ import annotations

from collections import Counter
from statistics import mean

import pytest

from simulator.core.seeds import Seeds
from simulator.world.census import ADULT, Resident, draw_residents, find_guardian
from simulator.world.person import Occupation, Sex


@pytest.fixture(scope="module")
def households() -> list[list[Resident]]:
    seeds = Seeds(1)
    return [draw_residents(seeds.draws("residents", i)) for i in range(3000)]


def test_no_child_lives_without_a_parent(households: list[list[Resident]]) -> None:
    for residents in households:
        guardian = residents[find_guardian(residents)]
        assert guardian.age >= ADULT
        for resident in residents:
            if resident.age < ADULT:
                assert guardian.age >= resident.age + ADULT


def test_parents_come_before_children_and_children_by_age(households: list[list[Resident]]) -> None:
    for residents in households:
        ages = [resident.age for resident in residents]
        if min(ages) < ADULT:
            parents = [age for age in ages if age >= min(ages) + ADULT]
            assert ages[: len(parents)] == parents
            assert ages[len(parents) :] == sorted(ages[len(parents) :], reverse=True)


def test_what_people_do_fits_their_age(households: list[list[Resident]]) -> None:
    for resident in (resident for residents in households for resident in residents):
        assert 0 <= resident.age <= 95
        match resident.occupation:
            case Occupation.INFANT:
                assert resident.age < 5
            case Occupation.PUPIL:
                assert 5 <= resident.age < 18
            case Occupation.STUDENT:
                assert 18 <= resident.age < 23
            case Occupation.RETIRED:
                assert resident.age >= 60
            case _:
                assert 18 <= resident.age < 75


def test_households_have_plausible_sizes(households: list[list[Resident]]) -> None:
    """ABS Census 2021: 2.5 people, 26 % alone."""
    sizes = Counter(len(residents) for residents in households)
    assert mean(len(residents) for residents in households) == pytest.approx(2.5, abs=0.15)
    assert sizes[1] / len(households) == pytest.approx(0.26, abs=0.03)
    assert max(sizes) <= 6


def test_women_and_men_are_about_as_many(households: list[list[Resident]]) -> None:
    sexes = Counter(resident.sex for residents in households for resident in residents)
    assert sexes[Sex.FEMALE] / sexes.total() == pytest.approx(0.507, abs=0.03)
