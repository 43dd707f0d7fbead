"""The stream of a fleet: same seed, same bytes, however it is cut."""

from __future__ import annotations

import gc
import heapq
import io
import tracemalloc
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from simulator.core.actions import Publish
from simulator.core.process import collector_paused
from simulator.core.shard import Shard
from simulator.fleet import Fleet
from simulator.generator import JsonLines, generate
from simulator.scenario import Scenario

KINDS: list[dict[str, Any]] = [
    {"kind": "wearable", "owners": 0.5},
    {"kind": "smart_speaker", "per_household": 1.0},
    {"kind": "inventory_sensor", "per_shop": 20},
]


def scenario(**changes: Any) -> Scenario:
    base: dict[str, Any] = {
        "name": "stream",
        "seed": 11,
        "duration": "3h",
        "world": {"households": 45, "shops": 3, "households_per_neighbourhood": 15},
        "devices": KINDS,
    }
    return Scenario.model_validate(base | changes)


def generated(of: Scenario, shard: Shard | None = None) -> bytes:
    file = io.BytesIO()
    sink = JsonLines(file)
    generate(of, sink, shard=shard)
    sink.close()
    return file.getvalue()


def lines(stream: bytes, kind: str) -> list[bytes]:
    return [line for line in stream.splitlines() if f"/{kind}/".encode() in line]


def test_one_seed_gives_one_stream() -> None:
    assert generated(scenario()) == generated(scenario())


def test_another_seed_gives_another_stream() -> None:
    assert generated(scenario()) != generated(scenario(seed=12))


@pytest.mark.parametrize("left_out", range(3))
def test_adding_a_device_kind_changes_no_byte_of_the_others(left_out: int) -> None:
    fewer = [kind for number, kind in enumerate(KINDS) if number != left_out]
    whole, part = generated(scenario()), generated(scenario(devices=fewer))
    for kind in fewer:
        assert lines(part, kind["kind"]), "nothing to compare"
        assert lines(part, kind["kind"]) == lines(whole, kind["kind"])


def test_adding_a_neighbourhood_changes_no_byte_of_the_others() -> None:
    fewer = scenario(world={"households": 30, "shops": 2, "households_per_neighbourhood": 15})
    small = [line for line in generated(fewer).splitlines() if b'"fleet/n0/' in line]
    large = [line for line in generated(scenario()).splitlines() if b'"fleet/n0/' in line]
    assert small
    assert small == large


def test_shards_merged_by_time_and_device_are_the_whole() -> None:
    shards = [generated(scenario(), Shard(index, 3)).splitlines() for index in range(3)]
    assert all(shards)
    assert list(merged(shards)) == generated(scenario()).splitlines()


def merged(streams: Iterable[list[bytes]]) -> Iterable[bytes]:
    def order(line: bytes) -> tuple[float, str]:
        action = msgspec.json.decode(line)
        return action["at"], action["device"]

    return heapq.merge(*streams, key=order)


def test_actions_come_in_order_of_time_then_device() -> None:
    order = [(action.at, action.device) for action, _ in Fleet(scenario()).stream()]
    assert order == sorted(order)


def test_ids_are_unique_and_every_publish_has_its_truth() -> None:
    steps = list(Fleet(scenario()).stream())
    published = [(action, truth) for action, truth in steps if isinstance(action, Publish)]
    assert len({action.id for action, _ in published}) == len(published) > 1000
    for action, truth in published:
        assert truth is not None
        assert (truth.id, truth.topic, truth.at) == (action.id, action.topic, action.at)
        assert truth.observed <= truth.at
        assert truth.size == len(action.payload)


def test_what_a_broker_sees_holds_no_label_of_the_truth() -> None:
    """Persons, households, visits and causes are known to the truth alone."""
    fleet = Fleet(scenario())
    secret = [person.person for person in fleet.people()]
    for action, truth in fleet.stream():
        if isinstance(action, Publish) and truth is not None:
            seen = action.payload.decode() + action.topic
            assert not any(name in seen for name in (truth.person, truth.household) if name)
            assert not set(msgspec.json.decode(action.payload)) & {"facts", "person", "hazards", "attack"}
    assert secret


def test_commands_change_what_a_device_does() -> None:
    fleet = Fleet(scenario())
    stream = fleet.stream()
    speaker = next(device for device, kind in fleet.devices.items() if kind == "smart_speaker")
    topic = f"fleet/n0/smart_speaker/{speaker}/command"
    topics = {f"fleet/n{hood}/smart_speaker/{speaker}/command" for hood in range(3)}
    for _ in range(500):
        next(stream)
    assert not fleet.command(topic.replace(speaker, "nobody"), b'{"name": "mute"}')
    assert not any(fleet.command(topic, b"not JSON") for topic in topics)
    assert any(fleet.command(topic, b'{"name": "mute"}') for topic in topics)
    heard = [
        a for a, _ in stream if isinstance(a, Publish) and a.device == speaker and a.event == "utterance"
    ]
    assert not heard


def test_memory_does_not_grow_with_time() -> None:
    """Twice the time needs no more memory once the first day has filled what is kept."""
    tracemalloc.start()
    try:
        fleet = Fleet(scenario(duration="3d", world={"households": 10}, devices=KINDS))
        sizes: list[int] = []
        for action, _ in fleet.stream():
            if action.at > 86400 * (len(sizes) + 1):
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    first, second = sizes
    assert second < first * 1.1


def test_nothing_is_left_for_the_garbage_collector() -> None:
    """So it can rest while a fleet lives: what is over goes when its last reference does."""
    fleet = Fleet(scenario(duration="1d", world={"households": 20, "shops": 1}))
    gc.collect()
    with collector_paused():
        messages = sum(truth is not None for _, truth in fleet.stream())
        found = gc.collect()
    assert messages > 5_000
    assert found < messages / 1_000
