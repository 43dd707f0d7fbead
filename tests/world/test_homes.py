"""What goes on in a home: pets, rooms, the television, and how its people speak."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import mean

import pytest

from simulator.core.seeds import Seeds
from simulator.core.units import DAY, MINUTE
from simulator.world.household import Household
from simulator.world.person import VoiceGroup
from simulator.world.pets import Pet, Species, draw_pets
from simulator.world.place import Place, PlaceKind
from simulator.world.rooms import STAY, Room, room_of_person
from simulator.world.voice import UNFAMILIAR, draw_voice

SEEDS = Seeds(4)
HOME = Place("n0-h0-home", PlaceKind.HOME, -31.0, 137.0)


@pytest.fixture(scope="module")
def menagerie() -> list[tuple[Pet, ...]]:
    return [draw_pets(SEEDS.draws("pets", number)) for number in range(3000)]


@pytest.mark.parametrize(("species", "share"), [(Species.DOG, 0.48), (Species.CAT, 0.33)])
def test_as_many_homes_have_pets_as_in_australia(
    menagerie: list[tuple[Pet, ...]], species: Species, share: float
) -> None:
    owners = [pets for pets in menagerie if any(pet.species is species for pet in pets)]
    assert len(owners) / len(menagerie) == pytest.approx(share, abs=0.03)
    assert mean(sum(pet.species is species for pet in pets) for pets in owners) == pytest.approx(
        1.36, abs=0.1
    )


def test_pets_of_a_home_have_names_of_their_own(menagerie: list[tuple[Pet, ...]]) -> None:
    for pets in menagerie:
        assert [pet.name for pet in pets] == [f"pet{number}" for number in range(len(pets))]


def test_dogs_sleep_at_night_and_cats_hunt_at_dusk() -> None:
    dog, cat = Pet("pet0", Species.DOG), Pet("pet1", Species.CAT)
    assert dog.moves(3.0) < dog.moves(13.0)
    assert cat.moves(13.0) < cat.moves(20.0)
    assert cat.moves(3.0) > dog.moves(3.0)


def test_a_room_is_the_same_whoever_asks_and_changes_at_most_every_stay() -> None:
    moments = [n * MINUTE for n in range(600)]
    rooms = [room_of_person(SEEDS, "n0-h0-p0", at, 19.0) for at in moments]
    assert rooms == [room_of_person(Seeds(4), "n0-h0-p0", at, 19.0) for at in moments]
    assert rooms != [room_of_person(SEEDS, "n0-h0-p1", at, 19.0) for at in moments]
    changes = [at for at, (a, b) in zip(moments[1:], pairwise(rooms), strict=True) if a != b]
    assert min(later - sooner for sooner, later in pairwise(changes)) >= STAY - MINUTE


def test_people_cook_in_the_kitchen_and_spend_the_evening_in_the_living_room() -> None:
    at_seven, at_nine = (
        Counter(room_of_person(SEEDS, f"p{n}", DAY, hour) for n in range(2000)) for hour in (18.5, 21.0)
    )
    assert at_seven[Room.KITCHEN] > at_nine[Room.KITCHEN] * 2
    assert at_nine[Room.LIVING_ROOM] == pytest.approx(1300, abs=80)
    assert at_seven[None] > 0


def test_pets_are_in_one_room_at_a_time() -> None:
    home = Household("n0-h0", HOME, pets=(Pet("pet0", Species.CAT),), seeds=SEEDS)
    for at in range(0, int(DAY), 600):
        assert sum(len(home.pets_in(room, at, 12.0)) for room in Room) <= 1


def test_observers_hear_when_the_television_is_switched() -> None:
    home, seen = Household("n0-h0", HOME), list[bool]()
    home.observers.append(lambda: seen.append(home.television_on))
    home.switch_television(True)
    home.switch_television(False)
    assert seen == [True, False]


def test_a_fifth_of_homes_speak_in_a_way_that_recognisers_do_not_know() -> None:
    groups = Counter(draw_voice(SEEDS.draws("voice", number)) for number in range(3000))
    assert groups[VoiceGroup.UNFAMILIAR] / 3000 == pytest.approx(UNFAMILIAR, abs=0.02)
