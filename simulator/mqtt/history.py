"""What a session tells of itself: each step into a state, but for what makes no difference."""

from __future__ import annotations

from simulator.core.records import SessionMoment
from simulator.mqtt.loop import Loop

TOLD_IN_A_ROW = 100
"""Failed attempts in a row that are told one by one; of more, only what ends the row of them.

A fleet that does not back off makes ten attempts a second and device, and its history would outgrow all else.
"""


class History:
    """Tells the loop what becomes of a device's session, step by step."""

    __slots__ = ("_device", "_failed", "_loop")

    def __init__(self, device: str, loop: Loop) -> None:
        self._device = device
        self._loop = loop
        self._failed = 0  # attempts in a row

    def begin(self) -> None:
        """Start a new row of attempts: the device has asked for a connection."""
        self._failed = 0

    def connecting(self) -> None:
        """An attempt begins."""
        if self._failed <= TOLD_IN_A_ROW:
            self._tell(SessionMoment.CONNECTING)

    def connected(self, began: float) -> None:
        """The broker has accepted the attempt that began then."""
        self._catch_up(began)
        self._failed = 0
        self._tell(SessionMoment.CONNECTED)

    def put_off(self, reason: str) -> None:
        """The broker has refused an attempt, and may accept another."""
        if self._failed <= TOLD_IN_A_ROW:
            self._tell(SessionMoment.REFUSED, reason)

    def refused(self, reason: str | None, began: float) -> None:
        """The broker, or a cap of the run, has refused for good the attempt that began then."""
        self._catch_up(began)
        self._tell(SessionMoment.REFUSED, reason)

    def dropped(self, reason: str) -> None:
        """A connection that stood is gone."""
        self._tell(SessionMoment.DROPPED, reason)

    def backing_off(self, reason: str) -> None:
        """An attempt has failed, and another one will follow."""
        if self._failed <= TOLD_IN_A_ROW:
            self._tell(SessionMoment.BACKING_OFF, reason)
        self._failed += 1

    def ended(self, reason: str | None) -> None:
        """The device has ended it, or the run."""
        self._tell(SessionMoment.ENDED, reason)

    def _catch_up(self, began: float) -> None:
        """Have the last of many attempts begin as the others do, now that something comes of it."""
        if self._failed > TOLD_IN_A_ROW:
            self._loop.changed(self._device, began, SessionMoment.CONNECTING, None)

    def _tell(self, state: SessionMoment, reason: str | None = None) -> None:
        self._loop.changed(self._device, self._loop.clock(), state, reason)
