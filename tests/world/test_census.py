from __future__ import annotations

from collections import Counter
from statistics import mean

import pytest

from simulator.core.seeds import Seeds
from simulator.world.census import ADULT, Resident, draw_residents, find_guardian
from simulator.world.person import Occupation, Relation, Sex


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
    """ABS Census 2021: 2.5 people; 26 % live alone, a third are two, a sixth each three and four."""
    sizes = Counter(len(residents) for residents in households)
    assert mean(len(residents) for residents in households) == pytest.approx(2.5, abs=0.1)
    for size, share in {1: 0.26, 2: 0.34, 3: 0.16, 4: 0.16, 5: 0.06}.items():
        assert sizes[size] / len(households) == pytest.approx(share, abs=0.03)
    assert max(sizes) <= 7


def test_ages_are_those_of_a_population(households: list[list[Resident]]) -> None:
    """ABS Census 2021: 18 % younger than 15, 17 % 65 or older."""
    ages = [resident.age for residents in households for resident in residents]
    assert mean(age < 15 for age in ages) == pytest.approx(0.18, abs=0.02)
    assert mean(age >= 65 for age in ages) == pytest.approx(0.17, abs=0.02)


def test_relations_fit_together(households: list[list[Resident]]) -> None:
    allowed = (
        {Relation.ALONE},
        {Relation.PARTNER},
        {Relation.FLATMATE},
        {Relation.PARENT, Relation.CHILD},
        {Relation.PARENT, Relation.CHILD, Relation.GRANDPARENT},
    )
    for residents in households:
        relations = Counter(resident.relation for resident in residents)
        assert set(relations) in allowed
        assert relations[Relation.ALONE] in (0, len(residents))
        assert relations[Relation.PARTNER] in (0, 2)
        assert relations[Relation.PARENT] <= 2
        assert relations[Relation.GRANDPARENT] <= 1


def test_a_child_is_younger_than_a_parent_and_a_grandparent_older(households: list[list[Resident]]) -> None:
    for residents in households:
        of = {
            relation: [resident.age for resident in residents if resident.relation is relation]
            for relation in Relation
        }
        for child in of[Relation.CHILD]:
            assert max(of[Relation.PARENT]) >= child + ADULT
        for grandparent in of[Relation.GRANDPARENT]:
            assert grandparent >= of[Relation.PARENT][0] + ADULT


def test_some_grown_up_children_live_with_their_parents(households: list[list[Resident]]) -> None:
    families = [rs for rs in households if any(r.relation is Relation.CHILD for r in rs)]
    grown = [rs for rs in families if all(r.age >= ADULT for r in rs)]
    assert len(grown) / len(families) == pytest.approx(0.25, abs=0.04)
    mothers = [rs for rs in families if sum(r.relation is Relation.PARENT for r in rs) == 1]
    assert mean(rs[0].sex is Sex.FEMALE for rs in mothers) == pytest.approx(0.8, abs=0.05)


def test_women_and_men_are_about_as_many(households: list[list[Resident]]) -> None:
    sexes = Counter(resident.sex for residents in households for resident in residents)
    assert sexes[Sex.FEMALE] / sexes.total() == pytest.approx(0.507, abs=0.03)


def test_the_oldest_are_few(households: list[list[Resident]]) -> None:
    """ABS Census 2021: 7.7 % are 75 or older, 2.2 % are 85 or older; the more years, the fewer people."""
    ages = [resident.age for residents in households for resident in residents]
    assert mean(age >= 75 for age in ages) == pytest.approx(0.08, abs=0.02)
    assert mean(age >= 85 for age in ages) == pytest.approx(0.03, abs=0.015)
