"""Ids tell things apart; streams of draws depend on their own key and on nothing else."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from simulator.core.ids import device_id, message_id
from simulator.core.seeds import BLOCK, Draws, Seeds

KEYS = st.integers(0, 2**64 - 1)


@given(key=KEYS, first=st.integers(0, 2**40), second=st.integers(0, 2**40))
def test_two_messages_of_a_device_have_different_ids(key: int, first: int, second: int) -> None:
    assert len(message_id(key, first)) == 16
    assert (message_id(key, first) == message_id(key, second)) is (first == second)


def test_the_messages_of_many_devices_have_different_ids() -> None:
    keys = [Seeds(7).digest("messages", "wearable", 0, person) for person in range(300)]
    assert len({message_id(key, number) for key, number in product(keys, range(300))}) == 90_000


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
