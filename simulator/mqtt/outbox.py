"""The messages of one session on their way: waiting, handed over, in flight, confirmed.

Every message that enters leaves once, through `settle`, with its outcome.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from simulator.core.actions import Connect, Disconnect, Publish
from simulator.core.records import Delivered, Outcome
from simulator.mqtt.counts import Tally
from simulator.mqtt.link import Greeting, Link
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.reasons import FIRST_FAILURE, Cause, reason_name

HIGH_WATER = 64 * 1024
"""Bytes encoded but not taken by the kernel, above which messages wait in the queue instead."""

_OVERHEAD = 16
"""At most what a PUBLISH adds to its topic and payload: fixed header, lengths, packet id, properties."""

_LAST_PACKET_ID = 65_535

Settle = Callable[[Publish, Delivered], None]


class Message:
    """A message that has not ended yet.

    Attributes:
        end: where its last byte is in the connection's stream.
        received: the broker has answered with PUBREC; what is left is PUBREL and PUBCOMP.
    """

    __slots__ = ("attempts", "due", "end", "packet_id", "publish", "received", "sent")

    def __init__(self, publish: Publish, due: float) -> None:
        self.publish = publish
        self.due = due
        self.sent: float | None = None
        self.attempts = 0
        self.packet_id = 0
        self.end = 0
        self.received = False


class Outbox:
    """Queue, in-flight window and confirmations of one session; no socket, no timer.

    QoS 0 messages are confirmed by pings: an answer proves that the broker has read what was written
    before. QoS 1 and 2 messages stay in flight over any number of connections until they are
    acknowledged, and keep their packet ids.

    Args:
        options: limits.
        tally: counts shared by all sessions.
        clock: seconds.
        settle: told how each message ended.
        pace: share of `confirm_within` after which this session asks.

    Attributes:
        confirm_at: when a ping must ask about QoS 0 messages at the latest, infinite if there are none.
        oldest_ping: when the oldest unanswered ping was sent, infinite if there is none.
    """

    __slots__ = (
        "_asked",
        "_clock",
        "_confirm_within",
        "_confirmed",
        "_flights",
        "_handed",
        "_largest",
        "_options",
        "_packet_id",
        "_pings",
        "_resend",
        "_settle",
        "_tally",
        "_unconfirmed",
        "_unsent",
        "_waiting",
        "_window",
        "_zeros",
        "confirm_at",
        "oldest_ping",
    )

    def __init__(
        self,
        options: DeliveryOptions,
        tally: Tally,
        clock: Callable[[], float],
        settle: Settle,
        pace: float = 1.0,
    ) -> None:
        self._options = options
        self._confirm_within = options.confirm_within * pace
        self._tally = tally
        self._clock = clock
        self._settle = settle
        self._waiting: deque[Message | Connect | Disconnect] = deque()
        self._unsent: deque[Message] = deque()
        self._unconfirmed: deque[Message] = deque()
        self._flights: dict[int, Message] = {}
        self._resend: deque[Message] = deque()
        self._pings: deque[tuple[int, float]] = deque()
        self._window = options.window
        self._largest: int | None = None
        self._packet_id = 0
        self._start()

    def _start(self) -> None:
        """Begin the counts of a connection: bytes handed over; QoS 0 messages written, asked, confirmed."""
        self._handed = self._zeros = self._asked = self._confirmed = 0
        self._unsent.clear()
        self._pings.clear()
        self.confirm_at = self.oldest_ping = math.inf

    # What comes in

    def submit(self, publish: Publish, due: float, link: Link | None) -> None:
        """Write a message to the link if there is one and it may go now, else queue or drop it."""
        waiting = self._waiting
        if link is not None and not waiting and not self._resend and self._may_write(publish, link):
            self._tally.in_flight += 1
            self._write(Message(publish, due), link)
        elif len(waiting) >= self._options.session_queue:
            self.drop(publish, due, Cause.SESSION_QUEUE_FULL)
        elif self._tally.queued >= self._options.total_queue:
            self.drop(publish, due, Cause.TOTAL_QUEUE_FULL)
        else:
            self._tally.queued += 1
            waiting.append(Message(publish, due))

    def append(self, control: Connect | Disconnect) -> None:
        """Put an action after the messages that are waiting; it comes up in `control` in its turn."""
        self._waiting.append(control)

    @property
    def control(self) -> Connect | Disconnect | None:
        """The action whose turn it is, if no message is before it."""
        if self._waiting and not self._resend:
            first = self._waiting[0]
            return None if isinstance(first, Message) else first
        return None

    def take_control(self) -> None:
        """Remove the action whose turn it was."""
        self._waiting.popleft()

    @property
    def last_control(self) -> Connect | Disconnect | None:
        """The action that was put in last, of those that wait for their turn."""
        for item in reversed(self._waiting):
            if not isinstance(item, Message):
                return item
        return None

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight or unconfirmed."""
        return not (self._flights or self._unsent or self._unconfirmed)

    # What goes out

    def connected(self, greeting: Greeting, link: Link) -> None:
        """Begin a connection: whatever is in flight is to be sent again, before anything new."""
        self._window = min(self._options.window, greeting.receive_maximum)
        self._largest = (
            None if greeting.largest_packet >= Greeting(0).largest_packet else greeting.largest_packet
        )
        self._resend = deque(self._flights.values())
        if not greeting.session_present:
            # The broker may have lost a message between its PUBREC and our PUBREL: rather twice than never.
            for message in self._resend:
                message.received = False
        self.pump(link)

    def pump(self, link: Link) -> None:
        """Write what may go now: first what was in flight on an earlier connection, then the queue."""
        while self._resend and self._may_resend(link):
            self._write_again(self._resend.popleft(), link)
        if self._resend:
            return
        waiting = self._waiting
        while waiting:
            message = waiting[0]
            if not isinstance(message, Message) or not self._may_write(message.publish, link):
                return
            waiting.popleft()
            self._tally.queued -= 1
            self._tally.in_flight += 1
            self._write(message, link)

    def _may_write(self, publish: Publish, link: Link) -> bool:
        return len(link.outgoing) < HIGH_WATER and (publish.qos == 0 or len(self._flights) < self._window)

    def _may_resend(self, link: Link) -> bool:
        flying = len(self._flights) - len(self._resend)
        return len(link.outgoing) < HIGH_WATER and flying < self._window

    def _write(self, message: Message, link: Link) -> None:
        publish = message.publish
        if self._largest is not None and self._size(publish) > self._largest:
            self._end(message, Outcome.DROPPED, Cause.PACKET_TOO_LARGE)
            return
        if publish.qos:
            message.packet_id = self.new_packet_id()
            self._flights[message.packet_id] = message
        else:
            self._zeros += 1
            if self.confirm_at == math.inf:
                self.confirm_at = self._clock() + self._confirm_within
        self._encode(message, link)

    def _write_again(self, message: Message, link: Link) -> None:
        if message.packet_id not in self._flights:
            return
        if message.received:
            link.release(message.packet_id)
        elif message.attempts >= self._options.max_attempts:
            del self._flights[message.packet_id]
            self._end(message, Outcome.LOST, f"given up after {message.attempts} attempts")
        else:
            self._encode(message, link)

    def _encode(self, message: Message, link: Link) -> None:
        publish = message.publish
        link.publish(
            message.packet_id,
            publish.topic,
            publish.payload,
            publish.qos,
            publish.retain,
            message.attempts > 0,
        )
        message.end = self._handed + len(link.outgoing)
        self._unsent.append(message)

    def new_packet_id(self) -> int:
        """Return a packet id that no message in flight has; the session needs some for SUBSCRIBE."""
        while True:
            self._packet_id = self._packet_id % _LAST_PACKET_ID + 1
            if self._packet_id not in self._flights:
                return self._packet_id

    @staticmethod
    def _size(publish: Publish) -> int:
        return len(publish.payload) + len(publish.topic.encode()) + _OVERHEAD

    # What the kernel and the broker answer

    def handed_over(self, count: int, now: float) -> None:
        """Take note that the kernel has taken `count` more bytes of the link's."""
        self._handed += count
        unsent = self._unsent
        while unsent and unsent[0].end <= self._handed:
            message = unsent.popleft()
            message.attempts += 1
            if message.sent is None:
                message.sent = now
            if message.publish.qos == 0:
                self._unconfirmed.append(message)

    @property
    def must_ask(self) -> bool:
        """Whether so many QoS 0 messages were written since the last ping that another is needed."""
        return self._zeros - self._asked >= self._options.confirm_every

    @property
    def unasked(self) -> bool:
        """Whether any QoS 0 message was written since the last ping."""
        return self._zeros > self._asked

    def asked(self, now: float) -> None:
        """Take note that a ping was written, which asks about all QoS 0 messages before it."""
        self._asked = self._zeros
        self._pings.append((self._zeros, now))
        self.oldest_ping = self._pings[0][1]
        self.confirm_at = math.inf

    def ponged(self, now: float) -> None:
        """Take note that the broker has answered the oldest ping."""
        if not self._pings:
            return
        confirmed, _ = self._pings.popleft()
        self.oldest_ping = self._pings[0][1] if self._pings else math.inf
        for _ in range(confirmed - self._confirmed):
            self._end(self._unconfirmed.popleft(), Outcome.ACKNOWLEDGED, None, now)
        self._confirmed = confirmed

    def received(self, packet_id: int) -> bool:
        """Take note of a PUBREC; return whether it is about a message in flight, which wants a PUBREL."""
        message = self._flights.get(packet_id)
        if message is not None:
            message.received = True
        return message is not None

    def acknowledged(self, packet_id: int, code: int, now: float) -> None:
        """Take note that the broker is done with a message in flight, one way or the other."""
        message = self._flights.pop(packet_id, None)
        if message is None:
            return
        if code < FIRST_FAILURE or message.received:  # after a PUBREC only the packet id can be in doubt
            self._end(message, Outcome.ACKNOWLEDGED, None, now)
        else:
            self._end(message, Outcome.REFUSED, reason_name(code), now)

    # How it ends

    def disconnected(self, reason: str) -> None:
        """The connection is gone: QoS 0 messages without an answer are lost, those never sent wait again."""
        while self._unconfirmed:
            self._end(self._unconfirmed.popleft(), Outcome.LOST, reason)
        unsent = [message for message in self._unsent if message.publish.qos == 0]
        self._waiting.extendleft(reversed(unsent))
        self._tally.queued += len(unsent)
        self._tally.in_flight -= len(unsent)
        self._start()

    def abandon(self, reason: str) -> None:
        """End every message: lost if it was sent, dropped if it never was."""
        self.disconnected(reason)
        for message in self._flights.values():
            self._end(message, Outcome.LOST if message.attempts else Outcome.DROPPED, reason)
        self._flights.clear()
        self._resend.clear()
        while self._waiting:
            self.drop_first(reason)

    def drop_first(self, reason: str) -> None:
        """Drop what waits first, be it a message or an action."""
        first = self._waiting.popleft()
        if isinstance(first, Message):
            self._tally.queued -= 1
            self.drop(first.publish, first.due, reason)

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def drop(self, publish: Publish, due: float, reason: str) -> None:
        """End a message that was never sent."""
        self._settle(publish, Delivered(publish.id, due, None, None, Outcome.DROPPED, reason, 0))

    def _end(
        self, message: Message, outcome: Outcome, reason: str | None, acked: float | None = None
    ) -> None:
        self._tally.in_flight -= 1
        delivered = Delivered(
            message.publish.id, message.due, message.sent, acked, outcome, reason, message.attempts
        )
        self._settle(message.publish, delivered)
