"""What is honest and looks like an attack is named so in the truth, and nowhere else."""

from __future__ import annotations

from raided import MINUTE, Stream, scenario

from simulator.attacks.look_alikes import RESEMBLANCES
from simulator.core import plugins
from simulator.core.campaigns import Role

FAULTS = [
    {"kind": "power_cut", "at": "10m", "for": "2m", "share": 0.3},
    {"kind": "coverage_loss", "at": "5m", "for": "10m", "kinds": ["wearable"]},
    {"kind": "power_cut", "at": "0s", "for": "3m", "kinds": ["inventory_sensor"]},
    {"kind": "network_latency", "at": "5m", "for": "1m"},
]
ATTACK = {"kind": "sybil", "at": "5m", "for": "10m"}


def test_each_fault_that_looks_like_an_attack_has_a_row() -> None:
    raid = Stream(scenario(ATTACK, faults=FAULTS))
    honest = {row.campaign: row for row in raid.campaigns if row.benign}
    assert {name: row.kind for name, row in honest.items()} == {
        "coverage_loss-1": "coverage_loss",
        "power_cut-0": "power_cut",
        "power_cut-2": "opening_day",
    }
    cut = honest["power_cut-0"]
    assert (cut.at, cut.until) == (10 * MINUTE, 12 * MINUTE)
    assert cut.control is None
    assert cut.members
    assert all(member.role is Role.HONEST and member.device in raid.devices for member in cut.members)
    assert all(sent.truth.attack == "sybil-0" for sent in raid.attack)


def test_every_kind_that_is_resembled_exists() -> None:
    assert RESEMBLANCES.keys() <= set(plugins.kinds("simulator.faults"))
    kinds = plugins.kinds("simulator.attacks")
    assert {kind for kinds in RESEMBLANCES.values() for kind in kinds} <= set(kinds)


def test_a_fleet_that_nobody_attacks_has_none() -> None:
    assert not Stream(scenario(faults=FAULTS)).campaigns
