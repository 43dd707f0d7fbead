"""What an attack knows of the fleet's devices: how they look on the network, and what they said last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from simulator.attacks.mimicry import Heard
from simulator.core.actions import Publish
from simulator.core.readings import Reading
from simulator.core.records import MessageTruth
from simulator.core.steps import Step

Message = tuple[Publish, MessageTruth]

Send = Callable[[Reading], None]
"""What a device hands its readings to."""


REMEMBERED = 200
"""Messages of one device that are recorded at most."""

REPERTOIRE = 32
"""Readings of one device, or kind of device, of which copies are made."""

Recent = deque[Heard]


def recent() -> Recent:
    """Return room for what was said last."""
    return deque(maxlen=REPERTOIRE)


class Disguise(Protocol):
    """How somebody looks on the network: as a device of the fleet does.

    Attributes:
        id: a device's id.
    """

    id: str

    @property
    def kind(self) -> str:
        """Of which kind the device seems to be."""

    @property
    def client_id(self) -> str:
        """What the device calls itself to the broker."""

    def topic(self, event: str) -> str:
        """Return the device's topic for one kind of event."""

    def opening(self, at: float = 0.0, backoff: bool = True) -> Iterator[Step]:
        """Yield how such a device goes online."""

    def message(self, reading: Reading) -> Message:
        """Return a reading as such a device sends it."""


class Target:
    """A device of the fleet that an attack can turn, copy or be aimed at.

    Args:
        station: the device on the network.

    Attributes:
        station: likewise.
        recent: what it has said last; known once it is `overheard`.
        followers: told of each of its readings.
        sent: the messages that it has sent last, if somebody records them.
        base: takes readings that are to go out as they are, past who has turned it.
    """

    __slots__ = ("base", "followers", "recent", "sent", "station")

    def __init__(self, station: Disguise) -> None:
        self.station = station
        self.recent: Recent = recent()
        self.followers: list[Send] = []
        self.sent: deque[Message] = deque(maxlen=REMEMBERED)
        self.base: Send | None = None

    @property
    def id(self) -> str:
        """The device's id."""
        return self.station.id

    def overheard(self, send: Send, clock: Callable[[], float], of_kind: Recent) -> Send:
        """Return what takes the device's readings in place of `send`, remembers the last, and hands them on.

        Args:
            send: takes them afterwards.
            clock: simulated seconds.
            of_kind: what was said last by any device of its kind.
        """

        def take(reading: Reading) -> None:
            heard = Heard(reading, clock() - reading.at)
            self.recent.append(heard)
            of_kind.append(heard)
            send(reading)
            for follow in self.followers:
                follow(reading)

        return take
