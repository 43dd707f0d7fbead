"""The rows of attacks in the truth: the same, byte for byte, however many shards there were."""

from __future__ import annotations

from pathlib import Path

from raided import scenario

from simulator.cleaning import remains_of
from simulator.core.actions import Action
from simulator.core.records import Delivered, Outcome
from simulator.core.shard import Shard
from simulator.generator import generate
from simulator.scenario import Scenario
from simulator.truth import (
    RunFolder,
    TruthWriter,
    merge_truth,
    read_campaigns,
    read_messages,
    read_overheard,
)

ATTACKS = (
    {"kind": "sybil", "at": "5m", "devices": 7},
    {"kind": "exfiltration", "at": "2m", "for": "20m", "devices": 9},
    {"kind": "credential_brute_force", "at": "1m", "for": "2m"},
)
FAULTS = [{"kind": "power_cut", "at": "10m", "for": "2m", "share": 0.5}, {"kind": "radio", "share": 0.2}]


class Nothing:
    """A sink that keeps nothing."""

    def write(self, action: Action, time: str) -> None:
        pass

    def close(self) -> None:
        pass


def written(of: Scenario, folder: RunFolder, shard: Shard) -> None:
    with TruthWriter(folder) as truth:
        generate(of, Nothing(), shard=shard, truth=truth)


def test_rows_of_three_shards_are_those_of_one(tmp_path: Path) -> None:
    of = scenario(*ATTACKS, faults=FAULTS)
    whole, run = RunFolder.create(tmp_path / "whole"), RunFolder.create(tmp_path / "parts")
    written(of, whole, Shard())
    parts = [run.part(index) for index in range(3)]
    for index, part in enumerate(parts):
        written(of, part, Shard(index, 3))
    merge_truth(run, parts)
    assert run.campaigns.read_bytes() == whole.campaigns.read_bytes()
    assert run.messages.read_bytes() == whole.messages.read_bytes()
    rows = list(read_campaigns(run))
    assert [row.campaign for row in rows] == [
        *("sybil-0", "exfiltration-1", "credential_brute_force-2"),
        *("power_cut-0", "radio-1"),
    ]
    assert [len(row.members) for row in rows[:3]] == [7, 9, 1]
    assert not list(read_overheard(run))


def test_what_outsiders_left_is_removed_as_those_whom_they_robbed(tmp_path: Path) -> None:
    """After a crash: no row says yet how the first message fared, and the broker has refused the second."""
    of = scenario({"kind": "retained_poisoning", "at": "1m", "for": "10m"})
    folder = RunFolder.create(tmp_path / "killed")
    written(of, folder, Shard())
    (row,) = read_campaigns(folder)
    (member,) = row.members
    first, second, *_ = (message for message in read_messages(folder) if message.attack)
    with TruthWriter(folder) as truth:
        for message in read_messages(folder):
            if message.topic == second.topic and message.attack:
                truth.delivered(Delivered(message.id, 0.0, 0.0, 0.0, Outcome.REFUSED, "not authorized"))
    topics = remains_of(folder, of).topics
    assert topics.keys() == {member.user}
    assert first.topic in topics[member.user or ""]
    assert second.topic not in topics[member.user or ""]


def test_a_thief_without_anybodys_credentials_removes_as_itself_where_none_are_asked_for(
    tmp_path: Path,
) -> None:
    of = scenario({"kind": "retained_poisoning", "at": "1m", "for": "10m", "credentials": "none"})
    folder = RunFolder.create(tmp_path / "killed")
    written(of, folder, Shard())
    (row,) = read_campaigns(folder)
    assert remains_of(folder, of).topics.keys() == {row.members[0].device}
