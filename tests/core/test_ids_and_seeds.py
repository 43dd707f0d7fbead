"""Ids tell things apart; streams of draws depend on their own key and on nothing else."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from simulator.core.ids import MessageIds, device_id
from simulator.core.seeds import BLOCK, Draws, Seeds

KEYS = st.integers(0, 2**64 - 1)


def taken(key: int, count: int) -> list[str]:
    """Return the first ids of a client with this key."""
    ids = MessageIds(key)
    return [ids.take() for _ in range(count)]


@given(key=KEYS, count=st.integers(0, 100))
def test_the_ids_of_a_client_depend_on_its_key_alone(key: int, count: int) -> None:
    ids = MessageIds(key)
    first = [ids.take() for _ in range(count)]
    assert first == taken(key, count)
    assert ids.count == count
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in first)


def test_the_messages_of_many_clients_have_different_ids() -> None:
    keys = [Seeds(7).digest("messages", "wearable", 0, person) for person in range(300)]
    assert len({each for key in keys for each in taken(key, 300)}) == 90_000


def test_no_step_from_one_id_to_the_next_tells_whose_they_are() -> None:
    numbers = [int(each, 16) for key in range(300) for each in taken(key, 300)]
    steps = {(after - before) % 2**64 for before, after in pairwise(numbers)}
    assert len(steps) == len(numbers) - 1
    assert 0.49 < sum(number.bit_count() for number in numbers) / (64 * len(numbers)) < 0.51


def test_devices_have_different_ids_that_a_client_id_may_be() -> None:
    seeds = Seeds(7)
    ids = {device_id(seeds, "wearable", 0, f"n0-h{number}-p0") for number in range(10_000)}
    assert len(ids) == 10_000
    assert all(len(each) == 12 and each.isalnum() for each in ids)


def some(draws: Draws) -> list[float]:
    """Return more than a block of each kind, and an array between them."""
    scalars = [draws.uniform() for _ in range(BLOCK + 3)]
    array = draws.generator().random(5).tolist()
    return [*scalars, *array, *(draws.normal() for _ in range(BLOCK + 3)), draws.uniform()]


@given(others=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=5))
def test_a_stream_depends_on_its_own_key_alone(others: list[tuple[str, int]]) -> None:
    seeds = Seeds(11)
    for purpose, entity in others:
        some(seeds.draws(purpose, entity))
    mine = seeds.draws("mine", "n0-h3-p1")
    drawn = []
    for number in range(BLOCK + 3):
        drawn.append(mine.uniform())
        if others:
            purpose, entity = others[number % len(others)]
            seeds.draws(purpose, entity).normal()
    alone = Seeds(11).draws("mine", "n0-h3-p1")
    assert drawn == [alone.uniform() for _ in range(BLOCK + 3)]


def test_another_seed_purpose_or_entity_gives_another_stream() -> None:
    streams = [
        Seeds(1).draws("sleep", "n0-h3-p1"),
        Seeds(2).draws("sleep", "n0-h3-p1"),
        Seeds(1).draws("life", "n0-h3-p1"),
        Seeds(1).draws("sleep", "n0-h3-p2"),
        Seeds(1).draws("sleep", "n0-h3", "p1"),
        Seeds(1).draws("sleep", 1),
    ]
    assert len({tuple(some(stream)) for stream in streams}) == len(streams)


def test_a_number_and_its_text_are_one_key() -> None:
    assert some(Seeds(1).draws("sleep", 1)) == some(Seeds(1).draws("sleep", "1"))
