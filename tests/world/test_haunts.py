"""Where people go again and again."""

from __future__ import annotations

import math
from collections import Counter
from statistics import mean

import numpy as np
import pytest

from simulator.core.seeds import Seeds
from simulator.world.haunts import Haunts
from simulator.world.place import Place
from simulator.world.town import lay_out

SEEDS = Seeds(1)
TOWN = lay_out("n0", 0, 40, 1, SEEDS.draws("town"))


def visits(entity: int, count: int = 200) -> list[Place]:
    draws = SEEDS.draws("haunts", entity)
    haunts = Haunts(TOWN.homes[entity % 40], TOWN.venues, draws)
    return [haunts.choose(draws) for _ in range(count)]


def test_few_places_take_most_visits() -> None:
    """The k-th place is visited in proportion to about k^-1.2 (Song 2010, Nature Physics)."""
    by_rank = np.zeros(8)
    for entity in range(60):
        counts = [count for _, count in Counter(visits(entity)).most_common(8)]
        by_rank[: len(counts)] += counts
    slope, _ = np.polyfit(np.log(np.arange(1, 9)), np.log(by_rank), 1)
    assert slope == pytest.approx(-1.2, abs=0.35)


def test_last_months_favourite_is_next_months() -> None:
    same = []
    for entity in range(100):
        went = visits(entity, 400)
        (sooner, _), (later, _) = (Counter(half).most_common(1)[0] for half in (went[:200], went[200:]))
        same.append(sooner is later)
    assert mean(same) > 0.8


def test_new_places_are_found_ever_more_seldom() -> None:
    """The number of places that are known grows more slowly than time (Song 2010)."""
    known = np.zeros(400)
    for entity in range(40):
        went = visits(entity, 400)
        known += [len(set(went[:number])) for number in range(1, 401)]
    half, whole = known[199] - known[99], known[399] - known[199]
    assert 0 < whole < half


def test_each_has_favourites_of_their_own_and_most_are_near() -> None:
    favourites = [Counter(visits(entity)).most_common(1)[0][0] for entity in range(100)]
    assert len(set(favourites)) > 8
    home = TOWN.homes[0]
    went = [home.distance(place) for entity in range(0, 4000, 40) for place in visits(entity, 20)]
    assert math.exp(mean(map(math.log, went))) < 3000
    assert max(went) > 8000


def test_one_place_is_always_the_one() -> None:
    draws = SEEDS.draws("alone")
    haunts = Haunts(TOWN.homes[0], TOWN.shops, draws)
    assert {haunts.choose(draws) for _ in range(50)} == {TOWN.shops[0]}
