"""Visits among friends, in a fortnight of sixty households."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from diary import CALENDAR

from simulator.core.seeds import Seeds
from simulator.core.units import DAY, MINUTE
from simulator.world import Activity, Agenda, Household, Neighbourhood, Person, beginning, build_neighbourhood


@dataclass(eq=False)
class Fortnight:
    """Visits, and what was wrong with them.

    Attributes:
        visits: of a person at a household, with their seconds.
        alone: guests in a home in which no host is up.
        uncounted: people on a visit who are not among the guests, or the other way round.
    """

    hood: Neighbourhood
    visits: dict[tuple[Person, Household], list[float]] = field(default_factory=lambda: defaultdict(list))
    alone: list[str] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def fortnight() -> Fortnight:
    env = Agenda(beginning(CALENDAR))
    hood = build_neighbourhood(env, CALENDAR, Seeds(3), 0, households=60, shops=1)
    found = Fortnight(hood)
    homes = {household.home: household for household in hood.households}

    def note(person: Person) -> None:
        def changed(finished: object, begun: object) -> None:
            spell = finished
            host = homes.get(spell.place)  # type: ignore[attr-defined]
            if host is not None and spell.activity is Activity.OUT:  # type: ignore[attr-defined]
                found.visits[person, host].append(env.now - spell.start)  # type: ignore[attr-defined]

        person.observers.append(changed)

    def look_round() -> Iterator[object]:
        while True:
            yield env.timeout(30 * MINUTE)
            for household in hood.households:
                guests = set(household.guests)
                there = {
                    person
                    for person in hood.people()
                    # Who has rung the bell of people who have left meanwhile is no guest of theirs.
                    if person.spell.place is household.home and env.now - person.spell.start > MINUTE
                }
                if guests and not household.awake_at_home():
                    found.alone.append(household.id)
                if (
                    not there - set(household.members)
                    <= guests
                    <= {p for p in hood.people() if p.spell.place is household.home}
                ):
                    found.uncounted.append(household.id)

    for person in hood.people():
        note(person)
    env.process(look_round())  # type: ignore[arg-type]
    for _ in env.moments(env.now + 14 * DAY):
        pass
    return found


def test_people_call_at_friends(fortnight: Fortnight) -> None:
    people = sum(1 for _ in fortnight.hood.people())
    calls = sum(map(len, fortnight.visits.values()))
    assert 0.03 < calls / people / 14 < 0.3
    assert any(person.age < 12 for person, _ in fortnight.visits), "children come along"


def test_guests_are_where_a_host_is_up(fortnight: Fortnight) -> None:
    assert fortnight.alone == []


def test_a_household_knows_its_guests(fortnight: Fortnight) -> None:
    assert fortnight.uncounted == []


def test_friends_stay_friends(fortnight: Fortnight) -> None:
    """Nobody calls at more than the four households that their own is friends with; many come back."""
    hosts: dict[str, set[str]] = defaultdict(set)
    for person, host in fortnight.visits:
        assert person.household != host.id
        hosts[person.household].add(host.id)
    assert max(map(len, hosts.values())) <= 4
    assert sum(len(visits) > 1 for visits in fortnight.visits.values()) > 20


def test_a_visit_is_long_enough_to_be_one(fortnight: Fortnight) -> None:
    lengths = sorted(seconds for visits in fortnight.visits.values() for seconds in visits)
    assert 40 * MINUTE < lengths[len(lengths) // 2] < 150 * MINUTE
