from __future__ import annotations

import pytest
import simpy
from diary import CALENDAR, Diary

from simulator.core.seeds import Seeds
from simulator.world import Purpose, beginning, build_neighbourhood
from simulator.world.consent import AGE_OF_CONSENT, draw_consent


def shares(count: int = 4000) -> dict[Purpose, float]:
    seeds = Seeds(1)
    consents = [draw_consent(seeds.draws("consent", i)) for i in range(count)]
    return {purpose: sum(purpose in c for c in consents) / count for purpose in Purpose}


def test_most_want_the_service_and_few_want_to_be_shared() -> None:
    share = shares()
    assert share[Purpose.SERVICE] > 0.9
    assert share[Purpose.SERVICE] > share[Purpose.ANALYTICS] > share[Purpose.VOICE_RETENTION]
    assert share[Purpose.VOICE_RETENTION] > share[Purpose.MARKETING] > share[Purpose.SHARING]


def test_the_wary_are_wary_of_everything() -> None:
    """One worry behind all decisions: who lets a company share data mostly lets it advertise too."""
    seeds = Seeds(1)
    consents = [draw_consent(seeds.draws("consent", i)) for i in range(4000)]
    sharers = [c for c in consents if Purpose.SHARING in c]
    among = sum(Purpose.MARKETING in c for c in sharers) / len(sharers)
    assert among > 1.4 * shares()[Purpose.MARKETING]


def test_a_parent_decides_for_a_child(week: Diary) -> None:
    decided = 0
    for household in week.neighbourhood.households:
        adults = [person for person in household.members if person.age >= 18]
        for person in household.members:
            if person.age < AGE_OF_CONSENT:
                decided += 1
                assert any(person.consent is adult.consent for adult in adults)
    assert decided > 50


def test_adults_decide_for_themselves(week: Diary) -> None:
    couples = [
        household.members[:2]
        for household in week.neighbourhood.households
        if len(household.members) >= 2 and household.members[1].age >= 18
    ]
    assert any(first.consent != second.consent for first, second in couples)


@pytest.mark.parametrize("index", [0, 3])
def test_consent_depends_on_seed_and_person_alone(index: int) -> None:
    def consents() -> list[frozenset[Purpose]]:
        env = simpy.Environment(initial_time=beginning(CALENDAR))
        return [p.consent for p in build_neighbourhood(env, CALENDAR, Seeds(9), index, 20, 0).people()]

    assert consents() == consents()
