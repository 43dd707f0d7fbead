from __future__ import annotations

from simulator.core.campaigns import CampaignTruth
from simulator.core.records import FaultTruth
from simulator.metrics import Underway, Windows


def campaign(label: str, at: float, until: float, benign: bool = False) -> CampaignTruth:
    return CampaignTruth(label, label.rpartition("-")[0], benign, at, until, (), ())


def fault(label: str, device: str | None, at: float, until: float | None) -> FaultTruth:
    return FaultTruth(label, label.rpartition("-")[0], device, at, until)


def test_an_attack_lasts_from_its_begin_up_to_its_end() -> None:
    windows = Windows()
    windows.campaign(campaign("replay-0", 10.0, 20.0))
    windows.campaign(campaign("replay-1", 15.0, 30.0))
    lasting = [len(windows.at(moment).campaigns["replay"]) for moment in (0.0, 10.0, 19.9, 20.0, 30.0)]
    assert lasting == [0, 1, 2, 1, 0]


def test_what_only_looks_like_an_attack_is_none() -> None:
    windows = Windows()
    windows.campaign(campaign("power_cut-0", 10.0, 20.0, benign=True))
    assert windows.at(15.0).campaigns == {}


def test_a_fault_is_counted_with_the_devices_that_it_has_befallen() -> None:
    windows = Windows()
    for device, at in (("a", 5.0), ("b", 6.0), ("c", 90.0)):
        windows.fault(fault("power_cut-2", device, at, at + 10.0))
    windows.fault(fault("battery_death-0", "a", 8.0, None))
    windows.fault(fault("network_latency-1", None, 6.0, 7.0))
    underway = windows.at(6.5)
    assert underway.befallen == {"power_cut": 2, "battery_death": 0}
    assert underway.faults == {
        "battery_death": frozenset(),
        "network_latency": {"network_latency-1"},
        "power_cut": {"power_cut-2"},
    }
    assert windows.at(1000.0).befallen == {"power_cut": 0, "battery_death": 1}


def test_shards_have_attacks_in_common_and_devices_of_their_own() -> None:
    one = Underway({"replay": frozenset({"replay-0"})}, {"radio": frozenset({"radio-1"})}, {"radio": 3})
    other = Underway({"replay": frozenset({"replay-0"})}, {"radio": frozenset()}, {"radio": 4})
    together = one + other
    assert together.campaigns == {"replay": {"replay-0"}}
    assert together.faults == {"radio": {"radio-1"}}
    assert together.befallen == {"radio": 7}
