"""Raw connections: bytes as they are, over the same dialler, guard and caps as every other connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from simulator.core.actions import Claim, Dial, Raw
from simulator.core.endpoint import Endpoint
from simulator.core.records import Delivered, Outcome, SessionMoment
from simulator.core.refusals import Refused
from simulator.mqtt.codec import encode
from simulator.mqtt.codec.reasons import CONNECT_RETURN_CODES
from simulator.mqtt.counts import SessionState, Tally
from simulator.mqtt.fast_link import connect_packet
from simulator.mqtt.loop import Loop
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.passenger import Passenger
from simulator.mqtt.reasons import Cause, reason_name

_CONNACK = 0x20
_CONNACK_BYTES = 4
"""Of a CONNACK, as far as its code in every version of MQTT, but for MQTT 5 with long properties."""

OnRaw = Callable[[Delivered], None]
"""Told how a message fared that raw bytes held: whether they were handed over. No answer is awaited."""


@dataclass(slots=True)
class _Mark:
    """A message in the bytes: where its last one is, counted from the connection's first."""

    end: int
    id: str
    due: float


class RawLink:
    """Takes bytes in both directions as they are.

    Attributes:
        outgoing: bytes for the broker, in order; whoever sends them removes them.
    """

    __slots__ = ("_heard", "_told", "outgoing")

    def __init__(self, told: Callable[[int], None]) -> None:
        self.outgoing = bytearray()
        self._heard = bytearray()
        self._told: Callable[[int], None] | None = told

    def receive(self, data: bytes) -> None:
        """Take what the broker says; only a CONNACK that comes first is understood."""
        if self._told is None:
            return
        self._heard += data[:_CONNACK_BYTES]
        if len(self._heard) >= _CONNACK_BYTES:
            told, self._told = self._told, None
            if self._heard[0] == _CONNACK:
                told(self._heard[3])


class RawSession(Passenger):
    """One client's raw connections, one after the other; it is `Carried` by the loop and never reconnects.

    Args:
        device: whose they are.
        endpoint: the broker.
        options: limits and patience.
        loop: carries it.
        tally: counts shared by all sessions.
        settle: told how each message fared.
    """

    __slots__ = (
        "_dial",
        "_handed",
        "_marks",
        "_settle",
        "_written",
        "link",
    )

    def __init__(
        self,
        device: str,
        endpoint: Endpoint,
        options: DeliveryOptions,
        loop: Loop,
        tally: Tally,
        settle: OnRaw,
    ) -> None:
        super().__init__(device, endpoint, options, loop, tally)
        self.link: RawLink | None = None
        self._settle = settle
        self._dial: Dial | None = None
        self._marks: deque[_Mark] = deque()
        self._written = self._handed = 0

    @property
    def claim(self) -> Claim | None:
        """Whom it claims to be; nobody, where it does not say."""
        if self._dial is None:
            return Claim()
        return self._dial.claim or Claim() if self.hello is None else self.hello.claim

    @property
    def abrupt(self) -> bool:
        """Whether its connection ends with a TCP reset on this side."""
        return self._dial is not None and self._dial.abrupt

    # What the client does

    def dial(self, action: Dial) -> None:
        """Open a connection in place of the last."""
        self.drop()
        self._tally.asked += 1
        if self._tally.open >= self._options.limits.connections:
            self._tally.capped += 1
            self._tell(SessionMoment.REFUSED, Cause.CONNECTION_CAP)
            return
        self._tally.open += 1
        self._dial = action
        self.hello = action.hello
        self._written = self._handed = 0
        self.link = RawLink(self._greeted)
        self.state = SessionState.IDLE
        self._tell(SessionMoment.CONNECTING)
        self._loop.dial(self)
        if action.hello is not None:
            login = self._loop.login(self.device, action.hello.claim)
            hello = self._options.hello(action.hello, self._endpoint).with_login(login)
            self._write(encode(connect_packet(self._endpoint.protocol, hello), self._endpoint.protocol))

    def send(self, action: Raw, due: float) -> None:
        """Send bytes once the connection stands, or drop them if there is none."""
        if self.link is None or self.state is SessionState.ENDED:
            if action.id is not None:
                self._drop_message(action.id, due, Cause.SESSION_ENDED)
            return
        self._write(action.data)
        if action.id is not None:
            self._marks.append(_Mark(self._written, action.id, due))

    def drop(self) -> None:
        """Close the connection without a word, after what the kernel takes at once."""
        if self.state is not SessionState.ENDED:
            self._loop.flush_now(self)
            self._end(SessionMoment.ENDED, Cause.DROPPED)

    def abandon(self, reason: str) -> None:
        """Give up at once, at the end of the run."""
        if self.state is not SessionState.ENDED:
            self._end(SessionMoment.ENDED, reason)

    # What the loop tells

    def dialling(self) -> None:
        """The TCP connect is under way."""
        self.state = SessionState.CONNECTING
        self._timeout_at = self._loop.clock() + self._options.connect_timeout
        self._loop.wake(self, self._timeout_at)

    def opened(self) -> None:
        """The TCP connection stands."""
        self.state = SessionState.CONNECTED

    def handed_over(self, count: int) -> None:
        """The kernel has taken bytes."""
        self._handed += count
        now = self._loop.clock()
        while self._marks and self._marks[0].end <= self._handed:
            mark = self._marks.popleft()
            self._settle(Delivered(mark.id, mark.due, now, None, Outcome.LOST, Cause.RAW))

    def closed(self, reason: str) -> None:
        """The connection is gone, or could not be made."""
        if self.state is not SessionState.ENDED:
            self._end(SessionMoment.DROPPED, reason)

    def turned_away(self, reason: str, code: int | None = None) -> None:
        """The broker does not want this client."""
        self._tally.refused += 1
        self._tally.refuse(Refused.CONNECTIONS, reason, code)
        self._end(SessionMoment.REFUSED, reason)

    def tick(self, now: float) -> None:
        """Give up a connect that takes too long."""
        if self.state is SessionState.CONNECTING:
            if now >= self._timeout_at:
                self._end(SessionMoment.DROPPED, Cause.NO_CONNACK)
            else:
                self._loop.wake(self, self._timeout_at)

    # How it goes on

    def _greeted(self, code: int) -> None:
        if code:
            self._tally.refused += 1
            code = CONNECT_RETURN_CODES.get(code, code)  # in either version; those of MQTT 5 are others
            reason = reason_name(code)
            self._tally.refuse(Refused.CONNECTIONS, reason, code)
            self._tell(SessionMoment.REFUSED, reason)
        else:
            self._tally.reached += 1
            self._tell(SessionMoment.CONNECTED)

    def _write(self, data: bytes) -> None:
        assert self.link is not None
        self.link.outgoing += data
        self._written += len(data)
        self._loop.flush(self)

    def _drop_message(self, identifier: str, due: float, reason: str) -> None:
        self._settle(Delivered(identifier, due, None, None, Outcome.DROPPED, reason, 0))

    def _end(self, moment: SessionMoment, reason: str) -> None:
        self.state = SessionState.ENDED
        self._tally.open -= 1
        self._loop.hang_up(self)
        self._tell(moment, reason)
        while self._marks:
            mark = self._marks.popleft()
            self._drop_message(mark.id, mark.due, reason)

    def _tell(self, moment: SessionMoment, reason: str | None = None) -> None:
        self._loop.changed(self.device, self._loop.clock(), moment, reason)
