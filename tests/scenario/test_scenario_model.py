"""How a scenario divides its world, and how it is scaled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.errors import ScenarioError
from simulator.core.options import DeviceOptions
from simulator.scenario import Scenario, World


def town(**world: int) -> Scenario:
    return Scenario(name="town", devices=(DeviceOptions(kind="thermostat"),), world=World(**world))


worlds = st.builds(
    World,
    households=st.integers(1, 20_000),
    shops=st.integers(0, 500),
    households_per_neighbourhood=st.integers(1, 500),
)


@given(worlds)
def test_neighbourhoods_share_everybody_out_evenly(world: World) -> None:
    scenario = town(**world.model_dump())
    households = [scenario.households_in(index) for index in range(scenario.neighbourhoods)]
    shops = [scenario.shops_in(index) for index in range(scenario.neighbourhoods)]
    assert sum(households) == world.households
    assert sum(shops) == world.shops
    assert 1 <= min(households) <= max(households) <= world.households_per_neighbourhood
    assert max(households) - min(households) <= 1
    assert max(shops) - min(shops) <= 1


@pytest.mark.parametrize(("households", "shops"), [(1, 1), (100, 1), (101, 2), (250, 3), (1_000_000, 10_000)])
def test_there_is_a_shop_for_each_started_hundred_households(households: int, shops: int) -> None:
    assert town(households=households).world.shops == shops


@pytest.mark.parametrize(
    ("factor", "households", "shops"), [(1, 200, 2), (0.1, 20, 1), (0.0001, 1, 1), (2.5, 500, 5)]
)
def test_scaling_changes_households_and_shops_alone(factor: float, households: int, shops: int) -> None:
    before = town(households=200, shops=2)
    after = before.scaled(factor)
    assert (after.world.households, after.world.shops) == (households, shops)
    assert after.model_copy(update={"world": before.world}) == before


def test_scaling_builds_no_shop_where_there_is_none() -> None:
    assert town(households=200, shops=0).scaled(3).world.shops == 0


@pytest.mark.parametrize(
    ("factor", "complaint"),
    [
        (0, "--scale 0: the scale must be a number above 0"),
        (-2, "--scale -2: the scale must be a number above 0"),
        (float("nan"), "--scale nan: the scale must be a number above 0"),
        (float("inf"), "--scale inf: the scale must be a number above 0"),
        (10_000, "--scale 10000: the world would have 2,000,000 households; the most is 1,000,000"),
    ],
)
def test_an_absurd_scale(factor: float, complaint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        town(households=200, shops=2).scaled(factor)
    assert str(caught.value) == complaint
