"""What the season does to people's days: one week of the same 100 households in July, one in October."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY
from simulator.world import Activity, Agenda, PlaceKind, Spell, TravelMode, beginning, build_neighbourhood


def week(start: str) -> Counter[str]:
    """Return how often people exercise outdoors and indoors, go to parks, walk and ride."""
    calendar = Calendar(datetime.fromisoformat(start), "Australia/Adelaide")
    env = Agenda(beginning(calendar))
    hood = build_neighbourhood(env, calendar, Seeds(4), 0, households=100, shops=1)
    counts: Counter[str] = Counter()

    def note(_: Spell, begun: Spell) -> None:
        if begun.trip is not None and begun.activity is Activity.OUT:
            counts["walk" if begun.trip.mode is TravelMode.WALK else "ride"] += 1
        elif begun.place is not None and begun.activity in (Activity.EXERCISE, Activity.OUT):
            counts[f"{begun.activity} in a {begun.place.kind}"] += 1

    for person in hood.people():
        person.observers.append(note)
    for _ in env.moments(7 * DAY):
        pass
    return counts


@pytest.fixture(scope="module")
def winter() -> Counter[str]:
    return week("2026-07-20T00:00:00+09:30")


@pytest.fixture(scope="module")
def spring() -> Counter[str]:
    return week("2026-10-19T00:00:00+10:30")


@pytest.mark.parametrize(
    "outdoors", [f"{Activity.EXERCISE} in a {PlaceKind.PARK}", f"{Activity.OUT} in a {PlaceKind.PARK}"]
)
def test_parks_are_fuller_in_spring(winter: Counter[str], spring: Counter[str], outdoors: str) -> None:
    assert spring[outdoors] > 1.1 * winter[outdoors] > 50


def test_gyms_are_fuller_in_winter(winter: Counter[str], spring: Counter[str]) -> None:
    gym = f"{Activity.EXERCISE} in a {PlaceKind.VENUE}"
    assert winter[gym] > 1.1 * spring[gym] > 10


def test_people_walk_more_of_their_ways_in_spring(winter: Counter[str], spring: Counter[str]) -> None:
    shares = [counts["walk"] / (counts["walk"] + counts["ride"]) for counts in (winter, spring)]
    assert shares[0] < shares[1]
