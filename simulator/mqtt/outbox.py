"""The messages of one session on their way: waiting, handed over, in flight, confirmed.

Every message that enters leaves once, through `settle`, with its outcome.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from math import inf

from simulator.core.actions import Connect, Disconnect, Publish
from simulator.core.endpoint import Protocol
from simulator.core.records import Delivered, Outcome
from simulator.core.refusals import Refused
from simulator.mqtt.counts import Tally
from simulator.mqtt.features import message_properties
from simulator.mqtt.link import Greeting, Link
from simulator.mqtt.message import Message
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.reasons import FIRST_FAILURE, Cause, reason_name

HIGH_WATER = 64 * 1024
"""Bytes encoded but not taken by the kernel, above which messages wait in the queue instead."""

_OVERHEAD = 16
"""At most what a PUBLISH adds to its topic, payload and properties: fixed header, lengths, packet id."""

_ALIAS = 3
"""Bytes of the property topic alias."""

_LAST_PACKET_ID = 65_535

_MOST_IN_FLIGHT = 65_000
"""Leaves packet ids for subscriptions, whatever window is asked for."""

_ACKNOWLEDGED = Outcome.ACKNOWLEDGED  # looked up for every message, which takes long in an enumeration
_RECEIVED = Outcome.RECEIVED

Settle = Callable[[Publish, Delivered], None]


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
        waiting: messages and actions whose turn has not come; None or empty if there are none.
        unasked: QoS 0 messages written since the last ping.
        confirm_at: when a ping must ask about QoS 0 messages at the latest, infinite if there are none.
        oldest_ping: when the oldest unanswered ping was sent, infinite if there is none.
        accepted: the broker has acknowledged a message.
        refused: messages that it has refused.
        refusal: why it refused the last of them, None if it has refused none.
    """

    __slots__ = (
        "_clock",
        "_confirm_within",
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
        "_window",
        "accepted",
        "confirm_at",
        "oldest_ping",
        "refusal",
        "refused",
        "unasked",
        "waiting",
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
        # Most sessions hold nothing most of the time, and an empty deque takes 600 bytes: lists where few
        # are taken from the front at a time, and deques only while there is something in them.
        self.waiting: deque[Message | Connect | Disconnect] | None = None
        self._unsent: list[Message] = []
        self._unconfirmed: list[Message] = []
        self._flights: dict[int, Message] = {}
        self._resend: deque[Message] | None = None
        self._pings: list[tuple[int, float]] = []
        self._window = min(options.window, _MOST_IN_FLIGHT)
        self._largest: int | None = None
        self._packet_id = 0
        self.accepted = False
        self.refused = 0
        self.refusal: str | None = None
        self._start()

    def _start(self) -> None:
        """Begin the counts of a connection."""
        self._handed = self.unasked = 0
        self._unsent.clear()
        self._pings.clear()
        self.confirm_at = self.oldest_ping = inf

    # What comes in

    def submit(self, publish: Publish, due: float, link: Link | None) -> None:
        """Write a message to the link if there is one and it may go now, else queue or drop it."""
        waiting = self.waiting
        if (
            link is not None
            and not waiting
            and not self._resend
            and len(link.outgoing) < HIGH_WATER
            and (not publish.qos or len(self._flights) < self._window)
        ):
            self._write(Message(publish, due), link)
        elif waiting is not None and len(waiting) >= self._options.session_queue:
            self.drop(publish, due, Cause.SESSION_QUEUE_FULL)
        elif self._tally.queued >= self._options.total_queue:
            self.drop(publish, due, Cause.TOTAL_QUEUE_FULL)
        else:
            self._tally.queued += 1
            self._queue().append(Message(publish, due))

    def _queue(self) -> deque[Message | Connect | Disconnect]:
        if self.waiting is None:
            self.waiting = deque()
        return self.waiting

    def append(self, control: Connect | Disconnect) -> None:
        """Put an action after the messages that are waiting; it comes up in `control` in its turn."""
        self._queue().append(control)

    @property
    def control(self) -> Connect | Disconnect | None:
        """The action whose turn it is, if no message is before it."""
        if self.waiting and not self._resend:
            first = self.waiting[0]
            return None if isinstance(first, Message) else first
        return None

    def take_control(self) -> None:
        """Remove the action whose turn it was."""
        self._queue().popleft()

    @property
    def last_control(self) -> Connect | Disconnect | None:
        """The action that was put in last, of those that wait for their turn."""
        for item in reversed(self.waiting or ()):
            if not isinstance(item, Message):
                return item
        return None

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight or unconfirmed."""
        return not (self._flights or self._unsent or self._unconfirmed)

    @property
    def empty(self) -> bool:
        """Whether no message is waiting or on its way."""
        return self.quiet and not any(isinstance(item, Message) for item in self.waiting or ())

    # What goes out

    def connected(self, greeting: Greeting, link: Link) -> None:
        """Begin a connection: whatever is in flight is to be sent again, before anything new."""
        self._window = min(self._options.window, greeting.receive_maximum, _MOST_IN_FLIGHT)
        self._largest = (
            None if greeting.largest_packet >= Greeting(0).largest_packet else greeting.largest_packet
        )
        self._resend = deque(self._flights.values()) if self._flights else None
        if not greeting.session_present:
            # The broker may have lost a message between its PUBREC and our PUBREL: rather twice than never.
            for message in self._flights.values():
                message.received = False
        self.pump(link)

    def pump(self, link: Link) -> None:
        """Write what may go now: first what was in flight on an earlier connection, then the queue."""
        if self._resend is not None:
            self._pump_again(self._resend, link)
        waiting = self.waiting
        if waiting is None or self._resend is not None:
            return
        while waiting:
            message = waiting[0]
            if not isinstance(message, Message) or len(link.outgoing) >= HIGH_WATER:
                return
            if message.publish.qos and len(self._flights) >= self._window:
                return
            waiting.popleft()
            self._tally.queued -= 1
            self._write(message, link)
        self.waiting = None

    def _pump_again(self, resend: deque[Message], link: Link) -> None:
        while resend:
            flying = len(self._flights) - len(resend)
            if flying >= self._window or len(link.outgoing) >= HIGH_WATER:
                return
            self._write_again(resend.popleft(), link)
        self._resend = None

    def _write(self, message: Message, link: Link) -> None:
        publish = message.publish
        qos = publish.qos
        self._tally.in_flight += 1
        if self._largest is not None and self._size(publish) > self._largest:
            self._end(message, Outcome.DROPPED, Cause.PACKET_TOO_LARGE)
            return
        packet_id = 0
        if qos:
            packet_id = self._packet_id + 1
            if packet_id > _LAST_PACKET_ID or packet_id in self._flights:
                packet_id = self.new_packet_id()
            self._packet_id = message.packet_id = packet_id
            self._flights[packet_id] = message
        else:
            if not self.unasked:
                self.confirm_at = self._clock() + self._confirm_within
            self.unasked += 1
        link.publish(packet_id, publish.topic, publish.payload, qos, publish.retain, False)
        message.end = self._handed + len(link.outgoing)
        self._unsent.append(message)

    def _write_again(self, message: Message, link: Link) -> None:
        if message.packet_id not in self._flights:
            return
        if message.received:
            link.release(message.packet_id)
        elif message.attempts >= self._options.max_attempts:
            del self._flights[message.packet_id]
            self._end(message, Outcome.LOST, f"given up after {message.attempts} attempts")
        else:
            publish, again = message.publish, message.attempts > 0
            link.publish(
                message.packet_id, publish.topic, publish.payload, publish.qos, publish.retain, again
            )
            message.end = self._handed + len(link.outgoing)
            self._unsent.append(message)

    def new_packet_id(self) -> int:
        """Return a packet id that no message in flight has; the session needs some for SUBSCRIBE."""
        packet_id = self._packet_id % _LAST_PACKET_ID + 1
        while packet_id in self._flights:
            packet_id = packet_id % _LAST_PACKET_ID + 1
        self._packet_id = packet_id
        return packet_id

    def _size(self, publish: Publish) -> int:
        properties = message_properties(self._options.features, Protocol.MQTT_5)
        return len(publish.payload) + len(publish.topic.encode()) + len(properties) + _ALIAS + _OVERHEAD

    # What the kernel and the broker answer

    def handed_over(self, count: int, now: float) -> None:
        """Take note that the kernel has taken `count` more bytes of the link's."""
        self._handed = handed = self._handed + count
        gone = self._unsent
        if gone and gone[-1].end > handed:
            some = sum(message.end <= handed for message in gone)
            self._unsent = gone[some:]
            del gone[some:]
        else:
            self._unsent = []
        for message in gone:
            message.attempts += 1
            if message.sent is None:
                message.sent = now
            if message.packet_id == 0:
                self._unconfirmed.append(message)

    def asked(self, now: float) -> None:
        """Take note that a ping was written, which asks about all QoS 0 messages before it."""
        self._pings.append((self.unasked, now))
        self.unasked = 0
        self.oldest_ping = self._pings[0][1]
        self.confirm_at = inf

    def ponged(self, now: float) -> None:
        """Take note that the broker has answered the oldest ping."""
        if not self._pings:
            return
        count, _ = self._pings.pop(0)
        self.oldest_ping = self._pings[0][1] if self._pings else inf
        done = self._unconfirmed[:count]
        del self._unconfirmed[:count]
        for message in done:
            self._end(message, _RECEIVED, None, now)

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
            self.accepted = True
            self._end(message, _ACKNOWLEDGED, None, now)
        else:
            reason = reason_name(code)
            self.refused += 1
            self.refusal = reason
            self._tally.refuse(Refused.MESSAGES, reason, code)
            self._end(message, Outcome.REFUSED, reason, now)

    def all_accepted(self, packet_ids: Sequence[int], now: float) -> None:
        """Take note that the broker has taken messages in flight."""
        self.accepted = True
        flights = self._flights
        settle = self._settle
        for packet_id in packet_ids:
            message = flights.pop(packet_id, None)
            if message is not None:
                publish = message.publish
                self._tally.in_flight -= 1
                settle(
                    publish,
                    Delivered(
                        publish.id, message.due, message.sent, now, _ACKNOWLEDGED, None, message.attempts
                    ),
                )

    # How it ends

    def disconnected(self, reason: str) -> None:
        """The connection is gone: QoS 0 messages without an answer are lost, those never sent wait again."""
        unconfirmed, self._unconfirmed = self._unconfirmed, []
        for message in unconfirmed:
            self._end(message, Outcome.LOST, reason)
        unsent = [message for message in self._unsent if message.packet_id == 0]
        if unsent:
            self._queue().extendleft(reversed(unsent))
        self._tally.queued += len(unsent)
        self._tally.in_flight -= len(unsent)
        self._start()

    def abandon(self, reason: str) -> None:
        """End every message: lost if it was sent, dropped if it never was."""
        self.disconnected(reason)
        for message in self._flights.values():
            self._end(message, Outcome.LOST if message.attempts else Outcome.DROPPED, reason)
        self._flights.clear()
        self._resend = None
        while self.waiting:
            self.drop_first(reason)

    def drop_first(self, reason: str) -> None:
        """Drop what waits first, be it a message or an action."""
        first = self._queue().popleft()
        if isinstance(first, Message):
            self._tally.queued -= 1
            self.drop(first.publish, first.due, reason)

    def drop(self, publish: Publish, due: float, reason: str) -> None:
        """End a message that was never sent."""
        self._settle(publish, Delivered(publish.id, due, None, None, Outcome.DROPPED, reason, 0))

    def _end(
        self, message: Message, outcome: Outcome, reason: str | None, acked: float | None = None
    ) -> None:
        self._tally.in_flight -= 1
        publish = message.publish
        self._settle(
            publish,
            Delivered(publish.id, message.due, message.sent, acked, outcome, reason, message.attempts),
        )
