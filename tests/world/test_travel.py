from __future__ import annotations

from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.seeds import Seeds
from simulator.world.commute import LONGEST, find_work
from simulator.world.person import TravelMode
from simulator.world.place import Place, PlaceKind
from simulator.world.town import lay_out
from simulator.world.travel import ACCESS, SPEED, WALKABLE, choose_mode, duration, go_on, reach, travel

HOME = Place("home", PlaceKind.HOME, -31.0, 137.85)
spots = st.builds(
    Place, st.just("spot"), st.just(PlaceKind.VENUE), st.floats(-31.4, -31.01), st.floats(137.6, 138.1)
)


@given(place=spots, mode=st.sampled_from(TravelMode), start=st.floats(-1e5, 1e6), share=st.floats(0, 1))
def test_a_trip_is_straight_and_steady(place: Place, mode: TravelMode, start: float, share: float) -> None:
    trip = travel(HOME, place, mode, start)
    assert trip.end - trip.start == pytest.approx(ACCESS[mode] + HOME.distance(place) / SPEED[mode])
    latitude, longitude = trip.position(start + share * (trip.end - start))
    on_the_way = Place("here", PlaceKind.VENUE, latitude, longitude)
    assert HOME.distance(on_the_way) == pytest.approx(share * HOME.distance(place), rel=1e-3, abs=0.1)


@given(metres=st.floats(1, 50_000), drives=st.booleans(), entity=st.integers(0, 1000))
def test_nobody_walks_far_and_only_drivers_drive(metres: float, drives: bool, entity: int) -> None:
    mode = choose_mode(metres, drives, Seeds(1).draws("mode", entity))
    if mode is TravelMode.WALK:
        assert metres <= WALKABLE
    assert drives or mode is not TravelMode.CAR


def test_drivers_walk_less_when_it_is_no_pleasure() -> None:
    def walks(comfort: float) -> float:
        draws = Seeds(1).draws("weather")
        return mean(choose_mode(500.0, True, draws, comfort) is TravelMode.WALK for _ in range(500))

    assert walks(1.0) > 1.5 * walks(0.5) > 0
    assert choose_mode(500.0, False, Seeds(1).draws("weather"), 0.0) is TravelMode.WALK, "who has no car"


def test_a_car_is_taken_along_and_nobody_waits_for_a_bus_to_go_round_the_corner() -> None:
    assert go_on(100.0, TravelMode.CAR) is TravelMode.CAR
    assert go_on(100.0, TravelMode.BUS) is go_on(100.0, TravelMode.WALK) is TravelMode.WALK
    assert go_on(2 * WALKABLE, TravelMode.WALK) is TravelMode.BUS


@given(metres=st.floats(1000, 60_000), mode=st.sampled_from(TravelMode))
def test_one_reaches_in_time_what_it_takes_that_time_to_reach(metres: float, mode: TravelMode) -> None:
    assert reach(duration(metres, mode), mode) == pytest.approx(metres)


def test_a_commute_takes_what_people_put_up_with() -> None:
    """ACS 2019: 27.6 minutes, 12 % under 10, 10 % over 60."""
    seeds = Seeds(1)
    town = lay_out("n0", 0, 1, 0, seeds.draws("town"))
    home = town.homes[0]
    minutes = []
    for i in range(3000):
        work, mode = find_work(home, town.workplaces, i % 8 != 0, seeds.draws("commute", i))
        minutes.append(duration(home.distance(work), mode) / 60)
    assert mean(minutes) == pytest.approx(27.6, abs=2.0)
    assert mean(m < 10 for m in minutes) == pytest.approx(0.12, abs=0.02)
    assert mean(m > 60 for m in minutes) == pytest.approx(0.10, abs=0.02)
    assert max(minutes) < LONGEST / 60 * 1.3
