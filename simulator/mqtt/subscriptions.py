"""What a device listens to, and which of it the broker still has to be told."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.core.actions import Subscribe


class _Subscription:
    __slots__ = ("action", "answered", "packet_id")

    def __init__(self, action: Subscribe) -> None:
        self.action = action
        self.packet_id = 0  # of the SUBSCRIBE that waits for its answer
        self.answered = False


class Subscriptions:
    """The topic filters of one session."""

    __slots__ = ("_by_filter",)

    def __init__(self) -> None:
        self._by_filter: dict[str, _Subscription] = {}

    def want(self, action: Subscribe) -> None:
        """Add a topic filter; it is not asked for yet."""
        self._by_filter[action.topic_filter] = _Subscription(action)

    def missing(self, session_present: bool) -> Iterator[Subscribe]:
        """Yield what to ask for on a new connection: all that a broker without the session forgot."""
        for subscription in self._by_filter.values():
            if not (session_present and subscription.answered):
                yield subscription.action

    def asked(self, action: Subscribe, packet_id: int) -> None:
        """Take note that a SUBSCRIBE with this packet id asks for the filter."""
        subscription = self._by_filter[action.topic_filter]
        subscription.packet_id = packet_id
        subscription.answered = False

    def answered(self, packet_id: int) -> None:
        """Take note of the SUBACK, whether it grants or refuses."""
        for subscription in self._by_filter.values():
            if subscription.packet_id == packet_id:
                subscription.packet_id = 0
                subscription.answered = True
