"""Where the sensors of a shop go: which shelf, fridge or motor has one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Generic, TypeVar

from simulator.core.errors import UsageError
from simulator.core.seeds import Draws
from simulator.world.fridge import Fridge
from simulator.world.motor import Motor
from simulator.world.shelf import Shelf
from simulator.world.shop import Shop

MACHINE_SHARE = 0.2
"""Share of the sensors that watch fridges and motors, as far as there are any left."""

Watched = Shelf | Fridge | Motor
WatchedT = TypeVar("WatchedT", Shelf, Fridge, Motor)


@dataclass(frozen=True, slots=True)
class Mounting(Generic[WatchedT]):
    """A sensor's mounting: the id of the shop's place, and the thing that it watches."""

    place: str
    watched: WatchedT


def watched_things(shop: Shop, count: int, draws: Draws) -> Iterator[Watched]:
    """Yield what the sensors of one shop watch, each thing once.

    With fewer sensors than things it is drawn which ones; a greater count adds to the same things.

    Args:
        shop: where.
        count: how many sensors.
        draws: a stream of this shop for this purpose.

    Raises:
        UsageError: the shop holds fewer things than that.
    """
    shelves = _shuffled(shop.shelves, draws)
    fridges = _shuffled(shop.fridges, draws)
    motors = _shuffled(shop.motors, draws)
    machines = [each for pair in zip_longest(fridges, motors) for each in pair if each is not None]
    if count > len(shelves) + len(machines):
        raise UsageError(
            f"inventory_sensor: per_shop: {count} is more than shop {shop.id} has room for: each sensor "
            f"needs a shelf, fridge or motor of its own, and there are {len(shelves)} shelves, "
            f"{len(fridges)} fridges and {len(motors)} motors. "
            f"Set per_shop to {len(shelves) + len(machines)} or less."
        )
    on_machines = min(round(count * MACHINE_SHARE), len(machines))
    on_shelves = min(count - on_machines, len(shelves))
    yield from shelves[:on_shelves]
    yield from machines[: count - on_shelves]


def _shuffled(things: tuple[WatchedT, ...], draws: Draws) -> list[WatchedT]:
    return [things[place] for place in draws.generator().permutation(len(things)).tolist()]
