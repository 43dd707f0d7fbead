from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.core.errors import UsageError
from simulator.core.seeds import Seeds
from simulator.world.place import Place, PlaceKind
from simulator.world.town import PITCH, Town, lay_out


def town(index: int = 0, households: int = 100, shops: int = 2, seed: int = 1) -> Town:
    name = f"n{index}"
    return lay_out(name, index, households, shops, Seeds(seed).draws("town", name))


def all_places(town: Town) -> list[Place]:
    return [
        *(*town.homes, *town.workplaces, *town.parks, *town.venues, *town.shops),
        *(town.school, town.campus, town.market),
    ]


@settings(max_examples=25, deadline=None)
@given(
    index=st.integers(0, 400),
    households=st.integers(0, 600),
    shops=st.integers(0, 8),
    seed=st.integers(0, 99),
)
def test_every_place_has_an_id_and_a_spot_of_its_own(
    index: int, households: int, shops: int, seed: int
) -> None:
    laid_out = town(index, households, shops, seed)
    places = all_places(laid_out)
    assert (len(laid_out.homes), len(laid_out.shops)) == (households, shops)
    assert len({place.id for place in places}) == len(places)
    assert len({(place.latitude, place.longitude) for place in places}) == len(places)
    assert all(place.id.startswith(f"n{index}-") for place in places)
    assert all(home.kind is PlaceKind.HOME for home in laid_out.homes)


def test_homes_stand_on_plots_and_not_on_top_of_one_another() -> None:
    homes = town(households=300).homes
    nearest = min(a.distance(b) for i, a in enumerate(homes) for b in homes[:i])
    assert nearest > 17.9


def test_no_two_neighbourhoods_share_a_plot() -> None:
    homes = [home for index in range(30) for home in town(index, households=50).homes]
    assert len({(round(home.latitude, 6), round(home.longitude, 6)) for home in homes}) == len(homes)


def test_neighbourhoods_lie_side_by_side() -> None:
    assert town(0).parks[0].distance(town(1).parks[0]) == pytest.approx(PITCH, rel=1e-3)
    assert town(0).parks[0].distance(town(10).parks[0]) == pytest.approx(PITCH, rel=1e-3)


def test_the_town_stands_on_the_dry_bed_of_lake_torrens() -> None:
    for index in range(200):
        for home in town(index, households=20).homes:
            assert -31.8 < home.latitude < -30.2
            assert 137.7 < home.longitude < 138.0


def test_more_households_do_not_move_anybody() -> None:
    assert town(households=200).homes[:100] == town(households=100).homes


def test_daily_needs_are_near_and_work_is_near_and_far() -> None:
    laid_out = town(households=200)
    for home in laid_out.homes:
        for place in (laid_out.school, laid_out.parks[0], *laid_out.shops):
            assert home.distance(place) < 1700
    distances = sorted(laid_out.parks[0].distance(place) for place in laid_out.workplaces)
    assert distances[0] < 300
    assert distances[-1] > 60_000


def test_a_neighbourhood_that_is_too_large_is_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"100000 households .* use more neighbourhoods"):
        town(households=100_000)
    with pytest.raises(UsageError, match="400 shops"):
        town(shops=400)
