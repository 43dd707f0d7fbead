"""Friends: the households of the neighbourhood at whose homes a household's people call."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.core.seeds import Draws
from simulator.world.household import Household

MOST = 4
"""Friends and relatives that a household has near its home, at most; at least one (assumption)."""


class Friends:
    """A household's friends, the best first; they stay the same.

    Friends are among those who moved in before, so that a further household changes nobody else's life but
    that of its hosts.

    Args:
        settled: the households that moved in before.
        draws: a stream of the household.
    """

    __slots__ = ("_households",)

    def __init__(self, settled: Sequence[Household], draws: Draws) -> None:
        count = min(1 + draws.below(MOST), len(settled))
        chosen: dict[int, None] = {}
        while len(chosen) < count:
            chosen[draws.below(len(settled))] = None
        self._households = tuple(settled[number] for number in chosen)

    def who_is_in(self, draws: Draws) -> Household | None:
        """Return a household to call at now, where somebody is up and at home; None if there is none.

        The k-th best friends are called at in proportion to 1/k.
        """
        ranks = [rank for rank, friend in enumerate(self._households, start=1) if friend.awake_at_home()]
        if not ranks:
            return None
        return self._households[draws.choice(ranks, [1.0 / rank for rank in ranks]) - 1]
