"""What a device does to be connected in some spells and not in between."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from operator import itemgetter

from simulator.core.actions import Action, Connect, Disconnect, Subscribe
from simulator.pacing.spell import Spell


def presence_actions(
    spells: Iterable[Spell], connect: Connect, subscribes: Sequence[Subscribe] = ()
) -> Iterator[tuple[float, Action]]:
    """Yield when a device connects, subscribes and disconnects, in order of time.

    Args:
        spells: when it is connected, such as those of a `ConnectionPlan`, of a `Churn`, or `common` to both.
        connect: how it opens its session.
        subscribes: what it subscribes to each time, in case the broker has forgotten.

    Yields:
        Seconds since the load began, and the action.
    """
    disconnect = Disconnect(connect.at, connect.device)
    for begin, end in spells:
        yield begin, connect
        for subscribe in subscribes:
            yield begin, subscribe
        if end < math.inf:
            yield end, disconnect


def comings(
    presence: Callable[[str], Iterable[Spell]], sessions: Iterable[Action]
) -> Iterator[tuple[float, Action]]:
    """Yield when the devices of a fleet connect, subscribe and leave, in order of time.

    Args:
        presence: when a device is connected, by its id.
        sessions: a Connect for each device, and its subscriptions.

    Yields:
        Seconds since the load began, and the action.
    """
    connects: dict[str, Connect] = {}
    subscribes: dict[str, list[Subscribe]] = {}
    for action in sessions:
        if isinstance(action, Connect):
            connects[action.device] = action
        elif isinstance(action, Subscribe):
            subscribes.setdefault(action.device, []).append(action)
    each = (
        presence_actions(presence(device), connect, subscribes.get(device, ()))
        for device, connect in connects.items()
    )
    return merge(*each, key=itemgetter(0))
