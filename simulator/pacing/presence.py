"""What a device does to be connected in some spells and not in between."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from simulator.core.actions import Action, Connect, Disconnect, Subscribe
from simulator.pacing.spell import Spell


def presence_actions(
    spells: Iterable[Spell], connect: Connect, subscribes: Sequence[Subscribe] = ()
) -> Iterator[tuple[float, Action]]:
    """Yield when a device connects, subscribes and disconnects, in order of time.

    Those of a whole fleet in order are `heapq.merge(*..., key=itemgetter(0))`.

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
