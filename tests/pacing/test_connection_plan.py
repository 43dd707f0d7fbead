"""Who is connected when: by the share of the fleet, and with devices that leave and come back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice

import pytest
from any_stages import moments, shares, stages
from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.core.actions import Action, Connect, Disconnect, Subscribe
from simulator.core.stages import Shape, Stage
from simulator.pacing import Churn, ConnectionPlan, Spell, common, presence_actions, rank

plans = stages(shares).map(ConnectionPlan)
ranks = st.floats(min_value=0, max_value=1, exclude_max=True)
times = st.floats(min_value=0.1, max_value=10_000)
churns = st.builds(Churn, every=times, away=times, share=shares, seed=st.integers(0, 2**63 - 1))
devices = st.text(min_size=1, max_size=12)


def inside(spells: Iterable[Spell], moment: float) -> bool:
    return any(begin <= moment < end for begin, end in islice(spells, 10_000))


@given(plans, ranks, moments)
def test_a_device_is_connected_while_the_share_is_above_its_rank(
    plan: ConnectionPlan, rank: float, part: float
) -> None:
    moment = part * plan.ends_at
    share = plan.connected(moment)
    assume(abs(share - rank) > 1e-9)
    assert inside(plan.spells(rank), moment) is (share > rank)


@given(plans, ranks, ranks)
def test_who_ranks_first_connects_first(plan: ConnectionPlan, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert plan.at(low) <= plan.at(high)


@given(plans)
def test_after_the_last_stage_the_share_stays(plan: ConnectionPlan) -> None:
    last = plan.connected(plan.ends_at)
    assert plan.connected(plan.ends_at * 2) == last
    if last > 0.001:
        *_, spell = plan.spells(last / 2)
        assert spell.end == math.inf


def test_a_ramp_up_and_down() -> None:
    plan = ConnectionPlan(
        (Stage(Shape.STEADY, 10, 0.2), Stage(Shape.RAMP, 80, 1.0), Stage(Shape.RAMP, 100, 0.0))
    )
    assert [plan.connected(at) for at in (0, 10, 50, 90, 140, 500)] == pytest.approx(
        [0.2, 0.2, 0.6, 1, 0.5, 0]
    )
    assert list(plan.spells(0.1)) == [(0, 180)]
    assert list(plan.spells(0.6)) == [(pytest.approx(50), pytest.approx(130))]
    assert plan.at(0.6) == pytest.approx(50)


def test_a_device_that_the_share_never_reaches_never_connects() -> None:
    plan = ConnectionPlan((Stage(Shape.RAMP, 10, 0.5),))
    assert plan.at(0.5) == math.inf
    assert list(plan.spells(0.7)) == []


def test_a_share_is_not_more_than_the_fleet() -> None:
    with pytest.raises(ValueError, match="at most 1"):
        ConnectionPlan((Stage(Shape.SPIKE, 10, 1.5),))


def test_ranks_spread_a_fleet_evenly_and_each_purpose_differently() -> None:
    fleet = [f"device{number}" for number in range(4000)]
    for share in (0.1, 0.5, 0.9):
        assert sum(ConnectionPlan.rank(device) < share for device in fleet) == pytest.approx(
            4000 * share, abs=120
        )
    both = sum(rank("one", device) < 0.5 and rank("other", device) < 0.5 for device in fleet)
    assert both == pytest.approx(1000, abs=120)


@given(st.text(max_size=10), devices)
def test_a_rank_repeats_and_is_below_1(purpose: str, device: str) -> None:
    assert 0 <= rank(purpose, device) < 1
    assert rank(purpose, device) == rank(purpose, device)


# Churn


@given(churns, devices)
def test_absences_repeat_and_depend_on_the_device_and_the_seed_alone(churn: Churn, device: str) -> None:
    same = Churn(churn.every, churn.away, churn.share, churn.seed)
    list(islice(churn.absences("another"), 3))
    assert list(islice(churn.absences(device), 20)) == list(islice(same.absences(device), 20))


@given(churns, devices)
def test_an_absence_lasts_as_long_as_asked_and_they_are_apart(churn: Churn, device: str) -> None:
    left = back = 0.0
    for left, end in islice(churn.absences(device), 20):
        assert left >= back
        assert end - left == pytest.approx(churn.away)
        back = end


def test_devices_stay_as_long_as_asked_on_average() -> None:
    churn = Churn(every=30, away=5, seed=3)
    stays = []
    for number in range(100):
        spells = list(islice(churn.spells(f"device{number}"), 100))
        stays += [end - begin for begin, end in spells]
    mean = sum(stays) / len(stays)
    assert mean == pytest.approx(30, rel=0.05)
    # An exponential time is as wide as it is long, and longer than its mean once in e times.
    assert math.sqrt(sum((stay - mean) ** 2 for stay in stays) / len(stays)) == pytest.approx(30, rel=0.05)
    assert sum(stay > 30 for stay in stays) / len(stays) == pytest.approx(1 / math.e, abs=0.02)


def test_only_a_share_of_the_devices_leaves() -> None:
    churn = Churn(every=60, away=10, share=0.25)
    fleet = [f"device{number}" for number in range(2000)]
    leaving = [device for device in fleet if churn.takes(device)]
    assert len(leaving) == pytest.approx(500, abs=80)
    stayer = next(device for device in fleet if not churn.takes(device))
    assert list(churn.absences(stayer)) == []
    assert list(churn.spells(stayer)) == [(0, math.inf)]


@pytest.mark.parametrize(
    "churn",
    [{"every": 0}, {"every": math.inf}, {"away": 0}, {"away": math.nan}, {"share": 1.2}, {"share": -0.1}],
)
def test_churn_that_cannot_be(churn: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"above 0|from 0 to 1"):
        Churn(**{"every": 60.0, "away": 10.0} | churn)  # type: ignore[arg-type]


# What a device does


@given(plans, churns, ranks, devices, moments)
def test_a_device_is_there_when_both_say_so(
    plan: ConnectionPlan, churn: Churn, rank: float, device: str, part: float
) -> None:
    moment = part * min(plan.ends_at, 50 * churn.every)
    both = common(plan.spells(rank), churn.spells(device))
    wanted = inside(plan.spells(rank), moment) and inside(churn.spells(device), moment)
    assert inside(both, moment) is wanted


def test_spells_become_sessions() -> None:
    connect = Connect(0.0, "d1", keep_alive=60, clean=True)
    listen = Subscribe(0.0, "d1", topic_filter="d1/command", qos=1)
    leave = Disconnect(0.0, "d1")
    done: list[tuple[float, Action]] = list(
        presence_actions([Spell(0, 5), Spell(9, math.inf)], connect, [listen])
    )
    assert done == [(0, connect), (0, listen), (5, leave), (9, connect), (9, listen)]
