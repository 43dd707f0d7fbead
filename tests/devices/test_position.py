"""How far a wearable's positions are off, and when there are none."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean, quantiles
from typing import NamedTuple

import pytest
from hand_driven import HandDrivenTown, place

from simulator.core.units import DAY, HOUR
from simulator.devices.wearable.position import RADIUS_68, Position
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Spell, TravelMode, Trip
from simulator.world.place import METRES_PER_DEGREE, PlaceKind


class Error(NamedTuple):
    """Of one position: when, metres north and off in all, and the accuracy that it states."""

    at: float
    north: float
    metres: float
    accuracy: float


def errors(kind: PlaceKind | TravelMode, days: float, seed: int = 1) -> list[Error]:
    """Return the errors of a wearer who stays in one kind of place, or on one long way, for some days."""
    town = HandDrivenTown(seed)
    person = town.person()
    if isinstance(kind, TravelMode):
        way = Trip(person.home, place(north=0.5), kind, 0.0, days * DAY)
        spell = Spell(Activity.OUT, 0.0, None, way)
    else:
        spell = Spell(Activity.HOME, 0.0, person.home if kind is PlaceKind.HOME else place(kind))
    burst: list[object] = []
    Position(person, town.seeds.draws("position")).record(Stretch(0.0, days * DAY, spell, True), burst)  # type: ignore[arg-type]
    found = []
    for reading in burst:
        latitude, longitude = spell.position(reading.at)  # type: ignore[attr-defined]
        values = reading.values  # type: ignore[attr-defined]
        north = (values["latitude"] - latitude) * METRES_PER_DEGREE
        east = (values["longitude"] - longitude) * METRES_PER_DEGREE * 0.857
        found.append(Error(reading.at, north, (north**2 + east**2) ** 0.5, values["accuracy"]))  # type: ignore[attr-defined]
    return found


def radius(found: list[Error]) -> float:
    """Return within which distance 68 % are."""
    return quantiles([error.metres for error in found], n=100)[67]


def test_under_open_sky_a_position_is_five_metres_off() -> None:
    """Van Diggelen and Enge 2015: 4.9 m."""
    assert radius(errors(PlaceKind.PARK, 10)) == pytest.approx(4.9, abs=0.7)
    assert radius(errors(TravelMode.WALK, 10)) == pytest.approx(4.9, abs=0.7)
    assert 6 < radius(errors(TravelMode.BUS, 10)) < 13


@pytest.mark.parametrize(("kind", "days"), [(PlaceKind.WORK, 20), (PlaceKind.HOME, 400)])
def test_in_a_building_it_is_tens_of_metres_off_or_there_is_none(kind: PlaceKind, days: float) -> None:
    found = errors(kind, days)
    assert 20 < radius(found) < 60
    hours = mean(later.at - sooner.at for sooner, later in pairwise(found)) / HOUR
    assert hours > (2.4 if kind is PlaceKind.HOME else 0.11), "an attempt in five fails"


@pytest.mark.parametrize("kind", [PlaceKind.PARK, PlaceKind.WORK, TravelMode.CAR])
def test_the_stated_accuracy_holds_for_two_thirds_and_a_few_are_led_far_astray(
    kind: PlaceKind | TravelMode,
) -> None:
    found = errors(kind, 30)
    assert mean(error.metres < error.accuracy for error in found) == pytest.approx(0.68, abs=0.04)
    astray = [error for error in found if error.metres > 5 * error.accuracy]
    assert 0.0005 < len(astray) / len(found) < 0.006
    assert max(error.metres for error in found) > 100


def test_two_fixes_in_a_row_are_off_in_the_same_direction_and_those_of_another_day_are_not() -> None:
    off = [(error.at, error.north / error.accuracy * RADIUS_68) for error in errors(PlaceKind.WORK, 20)]
    near = [a[1] * b[1] for a, b in pairwise(off) if b[0] - a[0] < HOUR / 6]
    apart = [a[1] * b[1] for a, b in zip(off, off[200:], strict=False)]
    assert mean(product for product in near if abs(product) < 9) > 0.5
    assert abs(mean(product for product in apart if abs(product) < 9)) < 0.15
