"""A layer that changes no message, and notes in the truth of each that a fault touched it."""

from __future__ import annotations

from collections.abc import Callable

from simulator.faults.line import Message, marked


class Mark:
    """Labels the messages that a device sends while it lies in their way."""

    def __init__(self, label: str) -> None:
        self._label = label

    def take(self, message: Message, pass_on: Callable[[Message], None]) -> None:
        """Pass a message on with the label in its truth."""
        pass_on(marked(message, self._label))
