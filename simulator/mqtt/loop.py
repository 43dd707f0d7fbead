"""The seam between a session and the event loop that carries it: what each of them asks of the other."""

from __future__ import annotations

from typing import Protocol

from simulator.core.actions import Claim, Freeze
from simulator.core.credentials import Login
from simulator.core.records import SessionMoment
from simulator.mqtt.counts import SessionState


class Wire(Protocol):
    """What the loop knows of a link: bytes in both directions.

    Attributes:
        outgoing: bytes for the broker, in order; whoever sends them removes them.
    """

    outgoing: bytearray

    def receive(self, data: bytes) -> None:
        """Take bytes from the broker."""


class Carried(Protocol):
    """A session as its loop knows it.

    Attributes:
        device: the device, which is also the client id.
        state: where the session is.
        alarms: when the loop will call `tick`; kept by the loop's timers.
        wake_at: the earliest of them.
        dirty: the loop has bytes to send for it; kept by the loop.
    """

    device: str
    state: SessionState
    alarms: list[float]
    wake_at: float
    dirty: bool

    @property
    def link(self) -> Wire | None:
        """Speaks MQTT for it; there is one once the device has asked to connect."""

    @property
    def claim(self) -> Claim | None:
        """Whom it claims to be; itself if None."""

    @property
    def source(self) -> str | None:
        """The address that it connects from; left to the run if None."""

    @property
    def client_id(self) -> str | None:
        """What it calls itself, if not by its id."""

    @property
    def abrupt(self) -> bool:
        """Whether its connection ends with a TCP reset on this side."""

    def dialling(self) -> None:
        """Hear that the TCP connect is under way."""

    def opened(self) -> None:
        """Hear that the TCP connection stands."""

    def handed_over(self, count: int) -> None:
        """Hear that the kernel has taken bytes of the link's."""

    def closed(self, reason: str) -> None:
        """Hear that the connection is gone, or could not be made, and nobody here wanted that."""

    def turned_away(self, reason: str, code: int | None = None) -> None:
        """Hear that the broker does not want this device, and will not another time."""

    def tick(self, now: float) -> None:
        """Do what time asks for."""


class Loop(Protocol):
    """What a session asks of the event loop that carries it."""

    def clock(self) -> float:
        """Return the time in seconds."""

    def login(self, device: str, claim: Claim | None = None) -> Login | None:
        """Return what the device's next CONNECT says of who it is; None for what the endpoint says."""

    def dial(self, session: Carried) -> None:
        """Connect the session when its turn comes; answers with `dialling`, then `opened` or `closed`."""

    def flush(self, session: Carried) -> None:
        """Send the link's bytes soon; answers with `handed_over`."""

    def flush_now(self, session: Carried) -> None:
        """Send as many of the link's bytes as the kernel takes at once."""

    def hang_up(self, session: Carried) -> None:
        """Close the session's connection at once, if it has one."""

    def freeze(self, session: Carried, how: Freeze) -> None:
        """Leave the session's connection alone until `thaw`; it has one."""

    def thaw(self, session: Carried) -> None:
        """Use the session's connection again; answers with `closed` if it is gone."""

    def wake(self, session: Carried, at: float) -> None:
        """Call `tick` at `at`, or earlier if that was asked for before."""

    def messaged(self, device: str, topic: str, payload: bytes) -> None:
        """Pass on a message that the device has received."""

    def changed(self, device: str, at: float, state: SessionMoment, reason: str | None) -> None:
        """Take down what has become of the device's session."""
