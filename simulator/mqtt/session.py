"""One device's MQTT session: its state, what it has to send and hear, and its orderly end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.core.actions import Claim, Connect, Disconnect, Freeze, Publish, Subscribe
from simulator.core.endpoint import Endpoint
from simulator.core.errors import RunFailedError
from simulator.core.refusals import Refused
from simulator.mqtt.attempts import Attempts
from simulator.mqtt.backoff import Backoff
from simulator.mqtt.counts import SessionReport, SessionState, Tally
from simulator.mqtt.history import History
from simulator.mqtt.keep_alive import KeepAlive, pace_of
from simulator.mqtt.link import Greeting, Link, LinkFactory
from simulator.mqtt.loop import Loop
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.outbox import Outbox, Settle
from simulator.mqtt.passenger import Passenger
from simulator.mqtt.reasons import ELSEWHERE, FIRST_FAILURE, PASSING, Cause, reason_name
from simulator.mqtt.subscriptions import Subscriptions

_LINGER = 2.0
"""Seconds for the broker to close the connection after our DISCONNECT before we do it ourselves."""

_OVER = (SessionState.ENDED, SessionState.REFUSED)
_ON_ITS_WAY = (SessionState.IDLE, SessionState.CONNECTING, SessionState.BACKING_OFF)


class Session(Passenger):
    """Carries out a device's actions in order, over as many connections as it takes.

    It hears from its link (it is the link's `Listener`) and from the loop (which it is `Carried` by), and
    does no I/O itself.
    """

    __slots__ = (
        "_attempts",
        "_history",
        "_keep_alive",
        "_leaving",
        "_make_link",
        "_outbox",
        "_parting",
        "_reason",
        "_renew_at",
        "_subscriptions",
        "_talking",
        "link",
    )

    def __init__(
        self,
        device: str,
        endpoint: Endpoint,
        options: DeliveryOptions,
        loop: Loop,
        make_link: LinkFactory,
        tally: Tally,
        backoff: Backoff,
        settle: Settle,
    ) -> None:
        super().__init__(device, endpoint, options, loop, tally)
        tally.states[SessionState.ENDED] += 1
        self.link: Link | None = None
        self._make_link = make_link
        pace = pace_of(device)
        self._attempts = Attempts(options, tally, backoff)
        self._history = History(device, loop)
        self._keep_alive = KeepAlive(pace, options.ping_timeout)
        self._outbox = Outbox(options, tally, loop.clock, settle, pace)
        self._subscriptions = Subscriptions()
        self._parting = False  # the last that the device asked for was to disconnect
        self._leaving = False  # our DISCONNECT is written
        self._talking = False  # connected, and our DISCONNECT is not written
        self._reason: str | None = None
        self._renew_at = math.inf

    @property
    def keep_alive(self) -> int:
        """Seconds of silence agreed on with the broker; 0 for none."""
        return self._keep_alive.seconds

    # What the device does

    def connect(self, action: Connect) -> None:
        """Open the session; one that is open stays as it is, one that is about to end opens again."""
        if self.state in _OVER:
            self._open(action)
        elif self._parting:
            self._parting = False
            self._outbox.append(action)

    def _open(self, action: Connect) -> None:
        self._history.begin()
        if not self._attempts.begin(action.backoff):
            self._become(SessionState.REFUSED)
            self._reason = Cause.CONNECTION_CAP
            self._history.connecting()
            self._history.refused(Cause.CONNECTION_CAP, self._loop.clock())
            return
        self.link = self._make_link(self._options.hello(action, self._endpoint), self)
        self.hello = action
        self._keep_alive.seconds = action.keep_alive
        self._reason = None
        self._dial()

    def subscribe(self, action: Subscribe) -> None:
        """Subscribe now if connected, and after each reconnect at which the broker has forgotten."""
        self._subscriptions.want(action)
        if self._talking:
            self._subscribe(action)
            self._loop.flush(self)

    def publish(self, action: Publish, due: float) -> None:
        """Send a message, or queue it, or drop it if that cannot be."""
        if self._talking:
            self._outbox.submit(action, due, self.link)
            self._written()
        elif self.state in _OVER:
            self._outbox.drop(action, due, self._reason or Cause.SESSION_ENDED)
        else:
            self._outbox.submit(action, due, None)

    def disconnect(self, action: Disconnect) -> None:
        """End the session with a DISCONNECT once all before it is sent and confirmed."""
        if self.state not in _OVER and not self._parting:
            self._parting = True
            self._outbox.append(action)
            self._advance()

    def drop(self) -> None:
        """Close the connection without a word; what is not confirmed yet is lost with it."""
        if self.state is SessionState.CONNECTED:
            self._loop.flush_now(self)
        if self.state not in _OVER:
            self._break_off(SessionState.ENDED, Cause.DROPPED)

    def freeze(self, action: Freeze) -> None:
        """Leave the connection as it is; without one there is nothing to freeze."""
        if self.state is SessionState.CONNECTED:
            self._keep_alive.frozen = action
            self._loop.freeze(self, action)

    def thaw(self) -> None:
        """Use the connection again, and find out what has become of it."""
        if self._keep_alive.frozen is not None:
            now = self._loop.clock()
            self._keep_alive.thaw(now)
            self._loop.thaw(self)
            if self.state is SessionState.CONNECTED:
                self._tend(now)

    def abandon(self, reason: str) -> None:
        """Give up at once, at the end of the run; one that is not connected is reported as it was."""
        if self.state in _OVER:
            return
        state = SessionState.ENDED if self.state is SessionState.CONNECTED else self.state
        self._break_off(state, self._reason or reason)

    # What the loop tells

    def dialling(self) -> None:
        """The TCP connect is under way."""
        self._become(SessionState.CONNECTING)
        self._attempts.count += 1
        self._timeout_at = self._loop.clock() + self._options.connect_timeout
        self._loop.wake(self, self._timeout_at)

    def opened(self) -> None:
        """The TCP connection stands."""
        login = self._loop.login(self.device, self.claim)
        self._renew_at = math.inf
        if login is not None and login.renew_after is not None:
            self._renew_at = self._loop.clock() + login.renew_after
        self._link().connect(login)
        self._loop.flush(self)

    def handed_over(self, count: int) -> None:
        """The kernel has taken bytes of the link's."""
        self._keep_alive.spoke_at = now = self._loop.clock()
        self._outbox.handed_over(count, now)
        if self._outbox.waiting:
            self._advance()

    def closed(self, reason: str) -> None:
        """The connection is gone, or could not be made, and nobody here wanted that."""
        if self._leaving:
            self._end(None)
            return
        self._talking = False
        self._keep_alive.frozen = None
        now = self._loop.clock()
        if self.state is SessionState.CONNECTED:
            self._attempts.broken(now)
            self._history.dropped(reason)
        else:
            self._attempts.failed()
        self._reason = reason
        self._become(SessionState.BACKING_OFF)
        self._history.backing_off(reason)
        self._timeout_at = now + self._attempts.pause()
        self._loop.wake(self, self._timeout_at)
        self._outbox.disconnected(reason)
        self._attempts.resolved()
        self._advance()

    def turned_away(self, reason: str, code: int | None = None) -> None:
        """The broker does not want this device, and will not another time."""
        self._tally.refused += 1
        self._tally.refuse(Refused.CONNECTIONS, reason, code)
        self._break_off(SessionState.REFUSED, reason)

    def tick(self, now: float) -> None:
        """Do what time asks for: reconnect, ping, or give a connection up."""
        match self.state:
            case SessionState.BACKING_OFF if now >= self._timeout_at:
                self._dial()
            case SessionState.CONNECTING if now >= self._timeout_at:
                self._hang_up(Cause.NO_CONNACK)
            case SessionState.CONNECTING | SessionState.BACKING_OFF:
                self._loop.wake(self, self._timeout_at)
            case SessionState.CONNECTED:
                self._tend(now)

    def _tend(self, now: float) -> None:
        outbox = self._outbox
        if self._leaving:
            if now >= self._timeout_at:
                self._end(None)
            else:
                self._loop.wake(self, self._timeout_at)
            return
        keep_alive = self._keep_alive
        if keep_alive.deaf:
            return  # `thaw` takes it up again
        patience_ends = keep_alive.patience_ends(outbox.oldest_ping)
        if now >= patience_ends:
            self._hang_up(Cause.NO_PINGRESP)
            return
        if now >= self._renew_at:
            self._renew_at = math.inf
            if self._renew():
                return
        if now >= min(outbox.confirm_at, keep_alive.ends):
            self._ping()
            patience_ends = keep_alive.patience_ends(outbox.oldest_ping)
        self._loop.wake(self, min(outbox.confirm_at, keep_alive.ends, patience_ends, self._renew_at))

    def _renew(self) -> bool:
        """Leave in order and come back with a new login; return False if the device is to leave anyway."""
        if self._parting or self.hello is None:
            return False
        self.disconnect(Disconnect(self.hello.at, self.device))
        self.connect(self.hello)
        return True

    # What the link tells

    def greeted(self, greeting: Greeting) -> None:
        """The broker has answered the CONNECT."""
        if self.state is not SessionState.CONNECTING:
            return
        if greeting.code >= FIRST_FAILURE:
            self._refused(greeting.code)
            return
        now = self._loop.clock()
        self._history.connected(self._attempt_began)
        self._become(SessionState.CONNECTED)
        self._talking = True
        self._reason = None
        self._attempts.accepted(now)
        self._keep_alive.spoke_at = now
        if (wanted := greeting.keep_alive) is not None:
            self._keep_alive.seconds = wanted
        elif self.hello is not None:  # the last connection's broker may have wanted another
            self._keep_alive.seconds = self.hello.keep_alive
        for action in self._subscriptions.missing(greeting.session_present):
            self._subscribe(action)
        self._outbox.connected(greeting, self._link())
        self._advance()
        if self._talking:
            self._tend(now)

    def _refused(self, code: int) -> None:
        reason = reason_name(code)
        if code in PASSING:
            self._tally.refuse(Refused.CONNECTIONS, reason, code)
            self._history.put_off(reason)
            self._hang_up(reason)
            return
        self.turned_away(reason, code)

    def acknowledged(self, packet_id: int, code: int) -> None:
        """The broker is done with a message."""
        self._outbox.acknowledged(packet_id, code, self._loop.clock())
        if self._outbox.waiting:
            self._advance()

    def all_accepted(self, packet_ids: Sequence[int]) -> None:
        """The broker has taken messages."""
        self._outbox.all_accepted(packet_ids, self._loop.clock())
        if self._outbox.waiting:
            self._advance()

    def received(self, packet_id: int) -> None:
        """The broker has a QoS 2 message and waits for its release."""
        if self._outbox.received(packet_id):
            self._link().release(packet_id)
            self._loop.flush(self)

    def subscribed(self, packet_id: int, code: int) -> None:
        """The broker has answered a SUBSCRIBE."""
        self._subscriptions.answered(packet_id)
        if code >= FIRST_FAILURE:
            self._tally.refused_subscriptions += 1
            self._tally.refuse(Refused.SUBSCRIPTIONS, reason_name(code), code)

    def ponged(self) -> None:
        """The broker has answered a ping."""
        self._outbox.ponged(self._loop.clock())
        if self._outbox.waiting:
            self._advance()

    def messaged(self, topic: str, payload: bytes) -> None:
        """The device has received a message."""
        self._loop.flush(self)  # the link has acknowledged it
        self._loop.messaged(self.device, topic, payload)

    def dismissed(self, reason: str, code: int = 0) -> None:
        """The connection cannot go on."""
        if self.state not in (SessionState.CONNECTING, SessionState.CONNECTED):
            return
        if code in ELSEWHERE:
            self.turned_away(reason, code)
            return
        if code >= FIRST_FAILURE:
            self._tally.refuse(Refused.DISCONNECTS, reason, code)
        self._hang_up(reason)

    # What is asked about it

    @property
    def claim(self) -> Claim | None:
        """Whom it claims to be; itself if None."""
        return None if self.hello is None else self.hello.claim

    @property
    def abrupt(self) -> bool:
        """Whether its connection ends with a TCP reset on this side; those of devices never do."""
        return False

    @property
    def at_fault(self) -> bool:
        """Whether it is not connected although its device wants it to be, or never was, or to no avail."""
        if self._denied:
            return True
        if self.state is SessionState.ENDED:
            return not self._attempts.reached
        return self.state is not SessionState.CONNECTED

    @property
    def stranded(self) -> bool:
        """Whether it has messages to send, and no connection for them at the moment."""
        return self.state in _ON_ITS_WAY and not self._outbox.empty

    def report(self) -> SessionReport:
        """Return what happened to it."""
        attempts, denied = self._attempts, self._denied
        reason = self._outbox.refusal if denied else self._reason
        return SessionReport(self.device, self.state, reason, attempts.count, attempts.connected_at, denied)

    @property
    def _denied(self) -> int:
        """Messages that were refused, if none was acknowledged."""
        return 0 if self._outbox.accepted else self._outbox.refused

    # How it goes on

    def _link(self) -> Link:
        if self.link is None:
            raise RunFailedError(f"session {self.device} has not been opened")
        return self.link

    def _become(self, state: SessionState) -> None:
        states = self._tally.states
        states[self.state] -= 1
        states[state] += 1
        self.state = state

    def _dial(self) -> None:
        self._become(SessionState.IDLE)
        self._history.connecting()
        self._loop.dial(self)

    @property
    def _attempt_began(self) -> float:
        return self._timeout_at - self._options.connect_timeout

    def _subscribe(self, action: Subscribe) -> None:
        packet_id = self._outbox.new_packet_id()
        self._subscriptions.asked(action, packet_id)
        self._link().subscribe(packet_id, action.topic_filter, action.qos)

    def _ping(self) -> None:
        self._keep_alive.spoke_at = now = self._loop.clock()  # it will be; until then no other is due
        self._link().ping()
        self._outbox.asked(now)
        self._loop.wake(self, self._outbox.oldest_ping + self._options.ping_timeout)
        self._loop.flush(self)

    def _written(self) -> None:
        """Have the bytes sent, and the QoS 0 messages among them confirmed in time."""
        outbox = self._outbox
        if outbox.confirm_at < self.wake_at:
            self._loop.wake(self, outbox.confirm_at)
        if outbox.unasked >= self._options.confirm_every:
            self._ping()
        else:
            self._loop.flush(self)

    def _advance(self) -> None:
        """Go on with what waits, as far as it can go now: messages, then the action behind them."""
        outbox = self._outbox
        if self._talking:
            outbox.pump(self._link())
            self._written()
            if isinstance(outbox.control, Disconnect):
                if outbox.quiet:
                    self._leave()
                elif outbox.unasked:
                    self._ping()
        elif (
            self.state is SessionState.BACKING_OFF and outbox.quiet and isinstance(outbox.control, Disconnect)
        ):
            outbox.take_control()
            self._end(self._reason)

    def _leave(self) -> None:
        self._outbox.take_control()
        self._link().disconnect()
        self._talking = False
        self._leaving = True
        self._timeout_at = self._loop.clock() + _LINGER
        self._loop.wake(self, self._timeout_at)
        self._loop.flush(self)

    def _hang_up(self, reason: str) -> None:
        self._loop.hang_up(self)
        self.closed(reason)

    def _stop(self, state: SessionState, reason: str | None) -> None:
        if state is SessionState.REFUSED:
            self._history.refused(reason, self._attempt_began)
        else:
            self._history.ended(reason)
        self._attempts.over(connected=self.state is SessionState.CONNECTED)
        self._become(state)
        self._reason = reason
        self._keep_alive.frozen = None
        self._talking = self._parting = self._leaving = False
        self._loop.hang_up(self)

    def _break_off(self, state: SessionState, reason: str) -> None:
        """End with whatever is still on its way."""
        if self.state is SessionState.CONNECTED and state is SessionState.ENDED and not self._leaving:
            self._history.dropped(reason)
        self._stop(state, reason)
        self._outbox.abandon(reason)

    def _end(self, reason: str | None) -> None:
        """End with nothing on its way, and go on with what the device asked for afterwards."""
        self._stop(SessionState.ENDED, reason)
        outbox = self._outbox
        outbox.disconnected(Cause.SESSION_ENDED)
        while outbox.waiting and self.state is SessionState.ENDED:
            control = outbox.control
            if isinstance(control, Connect):
                outbox.take_control()
                self._open(control)
            else:
                outbox.drop_first(Cause.SESSION_ENDED)
        self._parting = isinstance(outbox.last_control, Disconnect)
