"""A stream with faults keeps what one without promises: order, bytes, shards, and the others' messages."""

from __future__ import annotations

import heapq
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from troubled import HOUR, Stream, scenario, stream

from simulator.core import plugins
from simulator.core.actions import NetworkChange
from simulator.core.shard import Shard
from simulator.generator import JsonLines, generate
from simulator.scenario import Scenario
from simulator.truth import RunFolder, TruthWriter, merge_truth, read_faults, read_messages

EVERY_FAULT: list[dict[str, Any]] = [
    {"kind": kind, "at": f"{20 + 10 * number}m", "for": "25m"} | ({} if "network" in kind else {"share": 0.4})
    for number, kind in enumerate(plugins.kinds("simulator.faults"))
]


def generated(of: Scenario, shard: Shard | None = None, truth: TruthWriter | None = None) -> bytes:
    file = io.BytesIO()
    sink = JsonLines(file)
    generate(of, sink, shard=shard, truth=truth)
    sink.close()
    return file.getvalue()


def order(line: bytes) -> tuple[float, str]:
    action = msgspec.json.decode(line)
    return action["at"], action["device"]


def test_all_faults_at_once_keep_the_order() -> None:
    moments = [(action.at, action.device) for action, _ in stream(*EVERY_FAULT).steps]
    assert moments == sorted(moments)


def test_one_seed_gives_one_stream() -> None:
    assert generated(scenario(*EVERY_FAULT)) == generated(scenario(*EVERY_FAULT))


@pytest.mark.parametrize("count", [2, 3])
def test_shards_merge_into_the_whole_with_its_truth(count: int, tmp_path: Path) -> None:
    of = scenario(*EVERY_FAULT)
    alone = RunFolder.create(tmp_path / "alone")
    with TruthWriter(alone) as truth:
        whole = generated(of, truth=truth)
    together = RunFolder.create(tmp_path / "together")
    streams, parts = [], []
    for index in range(count):
        parts.append(together.part(index))
        with TruthWriter(parts[-1]) as truth:
            streams.append(generated(of, Shard(index, count), truth).splitlines(keepends=True))
    merge_truth(together, parts)
    assert b"".join(heapq.merge(*streams, key=order)) == whole
    assert together.faults.read_bytes() == alone.faults.read_bytes()
    assert together.messages.read_bytes() == alone.messages.read_bytes()


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: fault["kind"])
def test_those_who_are_not_befallen_send_what_they_send_without_faults(fault: dict[str, Any]) -> None:
    troubled, calm = stream(fault), stream()
    spared = set(troubled.devices) - set(troubled.befallen)
    assert len(spared) > 30

    def of_the_spared(of: Stream) -> list[Any]:
        return [action for action, _ in of.steps if action.device in spared]

    assert of_the_spared(troubled) == of_the_spared(calm)


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: fault["kind"])
def test_before_a_fault_begins_nothing_is_different(fault: dict[str, Any]) -> None:
    troubled, calm = stream(fault), stream()
    begins = min(row.at for row in troubled.faults)
    assert [step for step in troubled.steps if step[0].at < begins] == [
        step for step in calm.steps if step[0].at < begins
    ]


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: fault["kind"])
def test_every_fault_is_in_the_truth(fault: dict[str, Any], tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    with TruthWriter(folder) as truth:
        generated(scenario(fault), truth=truth)
    rows = list(read_faults(folder))
    assert rows
    for row in rows:
        assert row.fault == f"{fault['kind']}-0"
        assert row.kind == fault["kind"]
        assert (row.device is None) == ("network" in fault["kind"])
        assert row.until is None or row.until > row.at >= 20 * 60
    labels = {message.fault.split(":")[0] for message in read_messages(folder) if message.fault}
    assert labels <= {f"{fault['kind']}-0"}
    # A power that is gone touches no message: there is none. All other faults do.
    assert labels or fault["kind"] in {"power_cut", "battery_death"}


def test_a_scenario_without_faults_has_no_label_and_no_row() -> None:
    calm = stream()
    assert calm.faults == []
    assert {truth.fault for _, truth in calm.steps if truth} == {None}


def test_a_fault_after_the_end_befalls_nobody() -> None:
    assert Stream(scenario({"kind": "power_cut", "at": "3h"})).faults == []


def test_a_fault_that_outlasts_the_scenario_has_no_end() -> None:
    late = {"kind": "coverage_loss", "at": "170m", "for": "1h"}
    assert {row.until for row in stream(late).faults} == {None}


def test_faults_of_the_network_stand_in_the_stream_of_one_shard_and_label_the_messages_of_all() -> None:
    fault = {"kind": "network_latency", "at": "1h", "for": "30m"}
    shards = [Stream(scenario(fault), Shard(index, 2)) for index in range(2)]
    changes = [[a for a, _ in shard.steps if isinstance(a, NetworkChange)] for shard in shards]
    label = "network_latency-0"
    assert changes == [
        [NetworkChange(HOUR, "", label, True), NetworkChange(1.5 * HOUR, "", label, False)],
        [],
    ]
    for shard in shards:
        for message in shard.sent():
            expected = label if HOUR <= message.publish.at < 1.5 * HOUR else None
            assert message.truth.fault == expected
