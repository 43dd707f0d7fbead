"""What every payload format is: a name, and how it turns a reading into bytes."""

from __future__ import annotations

from typing import Protocol

from simulator.core.readings import Reading


class Format(Protocol):
    """A payload format, as an entry point of the group ``simulator.payloads`` provides it."""

    name: str
    summary: str

    def encode(self, id: str, device: str, sequence: int, time: str, reading: Reading) -> bytes:  # noqa: A002
        """Return the payload of one message.

        Args:
            id: the message's id, unique in the run.
            device: id of the device that sends it.
            sequence: how many messages the device sent before.
            time: event time, RFC 3339 in UTC.
            reading: what was observed; only its event and values may go into the payload.
        """
        ...

    def identify(self, payload: bytes) -> str | None:
        """Return the id in a payload of this format, None if it is none; what the run's witness needs."""
        ...
