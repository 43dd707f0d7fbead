"""Whom a fault befalls depends on the seed, the fault and the device alone."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troubled import KINDS, Stream, scenario, stream

from simulator.core.seeds import Seeds
from simulator.core.shard import Shard
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.subject import Subject, chosen

SEEDS = Seeds(5)


def subjects(count: int) -> list[Subject]:
    return [Subject(f"d{n}", "speaker" if n % 2 else "watch", f"n0-h{n // 4}") for n in range(count)]


def options(**given: object) -> DeviceFaultOptions:
    return DeviceFaultOptions.model_validate({"kind": "test", **given})


def befallen(
    asked: DeviceFaultOptions, among: list[Subject], label: str = "test-0", **more: object
) -> set[str]:
    return {subject.device for subject in chosen(asked, among, SEEDS, label, **more)}  # type: ignore[arg-type]


def test_all_are_befallen_if_nobody_says_whom() -> None:
    assert len(befallen(options(), subjects(50))) == 50


def test_a_share_is_about_that_share() -> None:
    assert 260 < len(befallen(options(share=0.3), subjects(1000))) < 340
    assert not befallen(options(share=0.0), subjects(1000))
    assert len(befallen(options(share=1.0), subjects(1000))) == 1000


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_befalls_the_same_ones_and_more(one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert befallen(options(share=small), subjects(60)) <= befallen(options(share=large), subjects(60))


@given(st.sets(st.integers(0, 59)))
def test_another_device_more_or_less_changes_nothing_for_the_others(left_out: set[int]) -> None:
    everybody = subjects(60)
    fewer = [subject for number, subject in enumerate(everybody) if number not in left_out]
    here = {subject.device for subject in fewer}
    assert befallen(options(share=0.4), fewer) == befallen(options(share=0.4), everybody) & here


def test_one_device_more_displaces_one_at_most_of_a_number_of_devices() -> None:
    for count in range(10, 40):
        before = befallen(options(devices=5), subjects(count), count=5)
        after = befallen(options(devices=5), subjects(count + 1), count=5)
        assert len(before) == len(after) == 5
        assert len(before & after) >= 4


def test_each_fault_has_victims_of_its_own() -> None:
    among = subjects(200)
    assert befallen(options(share=0.5), among, "a-0") != befallen(options(share=0.5), among, "a-1")


def test_a_fault_of_some_kinds_befalls_no_other() -> None:
    found = befallen(options(kinds=["wearable"]), [Subject("a", "wearable", "h"), Subject("b", "other", "h")])
    assert found == {"a"}


def test_homes_are_befallen_whole() -> None:
    found = befallen(options(share=0.5), subjects(200), together=True)
    homes = Counter(int(device[1:]) // 4 for device in found)
    assert set(homes.values()) == {4}
    assert 15 < len(homes) < 35


@pytest.mark.parametrize("fault", [{"share": 0.4}, {"devices": 7}, {"share": 0.5, "unit": "premises"}])
def test_shards_agree_on_whom(fault: dict[str, object]) -> None:
    asked = {"kind": "power_cut", "at": "1h"} | fault
    shards = [Stream(scenario(asked), Shard(index, 2)).befallen for index in range(2)]
    assert shards[0] | shards[1] == stream(asked).befallen
    assert all(shards)


def test_a_number_of_devices_is_that_number_over_all_neighbourhoods() -> None:
    found = stream({"kind": "power_cut", "at": "1h", "devices": 7}).befallen
    assert len(found) == 7


def test_adding_a_device_kind_befalls_nobody_else() -> None:
    fault = {"kind": "coverage_loss", "at": "1h", "share": 0.5}
    fewer = Stream(scenario(fault, devices=KINDS[:2]))
    whole = stream(fault)
    assert set(fewer.befallen) == set(whole.befallen) & set(fewer.devices)
