"""What a pacer is."""

from __future__ import annotations

from typing import Protocol


class Pacer(Protocol):
    """Says when a message is due. A pacer has no state and no clock: equal questions, equal answers."""

    @property
    def open_loop(self) -> bool:
        """Whether due times are set in advance, whatever the broker does.

        If not, a message is due when it is taken, and what a slow broker delays is never late.
        """

    @property
    def ends_at(self) -> float:
        """When the load ends, in seconds since it began: from there on nothing is due.

        Infinite if there is no such moment, so that the load ends with the scenario.
        """

    def due(self, at: float, index: int) -> float:
        """Return when a message is due, in seconds since the load began.

        Never decreases as `at` and `index` grow. Infinity for a message that is never due, because the
        load has ended by then; so are all after it. An action that is no message, such as a connect, is
        due with the message that follows it.

        Args:
            at: the message's simulated time, seconds since the scenario's start.
            index: the message's number in the run, from 0.
        """
