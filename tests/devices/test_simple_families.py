"""Simple families: one device for some of the households, people or shops, each about whoever has it."""

from __future__ import annotations

from typing import Any

import pytest
from corner_shop import CornerShop
from hand_driven import HandDrivenTown
from pydantic import ValidationError

from simulator.core.seeds import Seeds
from simulator.devices import (
    Family,
    HouseholdDevice,
    PersonalDevice,
    Process,
    ShopDevice,
    SimpleDevice,
    SimpleFamily,
    SimpleOptions,
)
from simulator.world import Neighbourhood


class Ticks(SimpleDevice[SimpleOptions, Any]):
    """Reports a random number regularly."""

    def run(self) -> Process:
        while True:
            yield self.pause()
            self.emit("tick", {"drawn": self.draws.uniform()})


class Meter(Ticks, HouseholdDevice[SimpleOptions]):
    """In a home."""


class Badge(Ticks, PersonalDevice[SimpleOptions]):
    """On a person."""


class Till(Ticks, ShopDevice[SimpleOptions]):
    """In a shop."""


@pytest.fixture
def town() -> HandDrivenTown:
    return HandDrivenTown()


@pytest.fixture
def neighbourhood(town: HandDrivenTown) -> Neighbourhood:
    households = [town.household(40, 41, name=f"n0-h{number}") for number in range(50)]
    return Neighbourhood("n0", tuple(households), (CornerShop().shop,))


def families() -> list[Family]:
    """Return one of each sort."""
    return [SimpleFamily(one.__name__.lower(), "Ticks.", one) for one in (Meter, Badge, Till)]


@pytest.mark.parametrize(
    ("family", "count", "first", "about"),
    [
        (families()[0], 50, "n0-h0", {"household": "n0-h0", "place": "n0-h0-home"}),
        (families()[1], 100, "n0-h0-p0", {"person": "n0-h0-p0", "household": "n0-h0"}),
        (families()[2], 1, "n0-s0", {"place": "n0-s0-place"}),
    ],
)
def test_each_has_one_and_what_it_reports_is_about_them(
    family: Family,
    count: int,
    first: str,
    about: dict[str, str],
    town: HandDrivenTown,
    neighbourhood: Neighbourhood,
) -> None:
    options = SimpleOptions(kind=family.kind, report_interval=100.0)
    placements = list(family.placements(neighbourhood, options, Seeds(1).draws))
    assert (len(placements), placements[0].entity) == (count, first)
    device = family.build(placements[0], town.habitat("device"), options)
    assert device.about() == about
    town.start(device)
    town.env.run(until=250.0)
    ticks = town.readings["device"]
    assert [reading.at for reading in ticks] == [100.0, 200.0]
    assert {"person": ticks[0].person, "household": ticks[0].household, "place": ticks[0].place} == {
        "person": None,
        "household": None,
        "place": None,
    } | about


def test_a_share_of_them_has_one_and_who_depends_on_nobody_else(neighbourhood: Neighbourhood) -> None:
    family = families()[0]
    few, many = (
        {
            placement.entity
            for placement in family.placements(
                neighbourhood, SimpleOptions(kind="meter", share=share), Seeds(1).draws
            )
        }
        for share in (0.3, 0.6)
    )
    assert few < many
    assert 5 < len(few) < 25
    half = Neighbourhood("n0", neighbourhood.households[:25], ())
    options = SimpleOptions(kind="meter", share=0.3)
    owners = {placement.entity for placement in family.placements(half, options, Seeds(1).draws)}
    assert owners == {entity for entity in few if int(entity.removeprefix("n0-h")) < 25}


@pytest.mark.parametrize("wrong", [{"share": 1.5}, {"report_interval": "0s"}, {"owners": 1}])
def test_options_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SimpleOptions.model_validate({"kind": "meter"} | wrong)
