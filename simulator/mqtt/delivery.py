"""The event loop that carries the sessions of a fleet: one thread, one selector, no blocking call."""

from __future__ import annotations

import math
import selectors
from collections import Counter, deque
from collections.abc import Callable, Iterator

from simulator.core.actions import (
    Action,
    Connect,
    Disconnect,
    Drop,
    Freeze,
    Publish,
    Raw,
    Subscribe,
    Thaw,
)
from simulator.core.credentials import Login
from simulator.core.endpoint import Endpoint
from simulator.core.errors import RunFailedError
from simulator.core.records import Delivered, Outcome, SessionChange, SessionMoment
from simulator.core.seeds import Seeds
from simulator.mqtt.backoff import Backoff
from simulator.mqtt.caps import Caps
from simulator.mqtt.connection import AGAIN, Connection
from simulator.mqtt.counts import ConnectionCounts, SessionReport, SessionState, Tally
from simulator.mqtt.dialler import Dialler
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.reasons import Cause
from simulator.mqtt.session import Session
from simulator.mqtt.timers import Timers
from simulator.mqtt.tls import Security, failure, refuses
from simulator.mqtt.transports import carrier, link_factory
from simulator.mqtt.websocket import UpgradeRefusedError

_READ_SIZE = 64 * 1024

_SEND_AT = 16 * 1024
"""Bytes at which a session's frames are sent without waiting for the next turn of the loop."""

_TURN = 0.1
"""Seconds that one turn waits at most while finishing."""

OnOutcome = Callable[[Publish, Delivered], None]
OnMessage = Callable[[str, str, bytes], None]
OnSession = Callable[[SessionChange], None]


class Delivery:
    """Delivers the actions of a fleet to a broker, and says how each message ended.

    Call `submit` for each action when it is due and `poll` all the time; neither blocks longer than
    `poll` is told to. Every submitted Publish gets exactly one call of `on_outcome`, at the latest in
    `finish` or `abort`, one of which must be called.

    Args:
        endpoint: the broker's listener, cleared by the target guard.
        options: limits and patience.
        clock: seconds since the load began; must not run backwards.
        on_outcome: told how a message ended.
        on_message: told what a device has received: device, topic, payload.
        jitter_seed: seed of the waits between reconnects.
        on_session: told what becomes of each session, if anybody wants to know.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        options: DeliveryOptions,
        clock: Callable[[], float],
        on_outcome: OnOutcome,
        on_message: OnMessage,
        jitter_seed: int = 0,
        on_session: OnSession | None = None,
    ) -> None:
        self.clock = clock
        self.messaged = on_message
        self._endpoint = endpoint
        self._options = options
        self._settle = on_outcome
        self._on_session = on_session
        self._security = Security(endpoint.host, options.credentials) if endpoint.tls else None
        self._transport = carrier(options.transport)
        self._make_link = link_factory(self._transport, endpoint.protocol)
        self._seeds = Seeds(jitter_seed)
        self._tally = Tally()
        self._timers: Timers[Session] = Timers()
        self._selector = selectors.DefaultSelector()
        self._sessions: dict[str, Session] = {}
        self._connections: dict[Session, Connection] = {}
        self._to_dial: deque[Session] = deque()
        self._to_flush: list[Session] = []
        self._arriving = 0
        self._over = False
        self._caps = Caps(options.limits)
        self._dialler = Dialler(endpoint, options.connect_rate, options.source_addresses)

    # For the run

    def submit(self, action: Action, due: float) -> None:
        """Carry out a device's action, in order with its others; never blocks.

        Args:
            action: what the device does.
            due: when it had to be done, in seconds of the clock.

        Raises:
            RunFailedError: the action is not supported, or the delivery is over.
        """
        if self._over:
            raise RunFailedError(f"nothing can be sent after the end of the run ({action.device})")
        session = self._sessions.get(action.device)
        if isinstance(action, Publish):
            cause = self._caps.beyond(action.topic, action.payload)
            if cause is None and session is not None:
                session.publish(action, due)
            else:
                reason = cause or Cause.NO_SESSION
                self._settle(action, Delivered(action.id, due, None, None, Outcome.DROPPED, reason, 0))
        elif isinstance(action, Raw):
            raise RunFailedError(f"{action.device}: raw bytes cannot be sent over a managed session")
        else:
            self._control(session or self._new_session(action.device), action)

    def poll(self, timeout: float) -> None:
        """Make one turn of the loop: connect, read, write, reconnect, ping.

        Args:
            timeout: seconds to wait at most if nothing happens.
        """
        self._caps.refill(self.clock())
        until_dialling = self._dial_more()
        self._flush_all()
        longest = min(timeout, until_dialling)
        for key, events in self._selector.select(self._timers.wait(self.clock(), longest)):
            if not key.data.closed:
                self._on_ready(key.data, events)
        now = self.clock()
        for session in self._timers.due(now):
            session.tick(now)
        self._dial_more()
        self._flush_all()

    def finish(self, timeout: float) -> None:
        """End all sessions in order: send what waits, have it confirmed, DISCONNECT, close.

        Args:
            timeout: seconds after which what is still open is given up as by `abort`.
        """
        if self._over:
            return
        deadline = self.clock() + timeout
        for device, session in self._sessions.items():
            session.thaw()
            session.disconnect(Disconnect(math.inf, device))
        while self._tally.open and (left := deadline - self.clock()) > 0:
            self.poll(min(left, _TURN))
        self.abort()

    def abort(self) -> None:
        """Close everything at once; what was sent without an answer is lost, the rest dropped."""
        if self._over:
            return
        self._over = True
        for session in self._sessions.values():
            session.abandon(Cause.RUN_ENDED)
        self._selector.close()

    @property
    def settled(self) -> bool:
        """Whether the first attempt of every session has succeeded or failed."""
        return self._tally.untried == 0

    @property
    def queued(self) -> int:
        """Messages that wait to be written."""
        return self._tally.queued

    @property
    def in_flight(self) -> int:
        """Messages written that are not confirmed yet."""
        return self._tally.in_flight

    @property
    def near_cap(self) -> bool:
        """Whether a load that may wait should, before messages are dropped for the cap on bytes a second."""
        return self._caps.low

    @property
    def held_back(self) -> dict[str, int]:
        """What the caps have held back: messages and connections, by cap; empty if none bit."""
        counts = {cause.value: count for cause, count in self._caps.held_back.items()}
        if self._tally.capped:
            counts[Cause.CONNECTION_CAP.value] = self._tally.capped
        return counts

    @property
    def refusals(self) -> Counter[tuple[str, str]]:
        """What the broker has refused so far, and how often for which reason."""
        return Counter({(what.value, why): count for (what, why), count in self._tally.refusals.items()})

    @property
    def connections(self) -> ConnectionCounts:
        """What happened to the connections so far."""
        return self._tally.connections()

    @property
    def refused_subscriptions(self) -> int:
        """Subscriptions that the broker refused."""
        return self._tally.refused_subscriptions

    def transports(self) -> dict[str, int]:
        """Return how many sessions each transport carries, without those that carry none."""
        return {self._transport.value: len(self._sessions)} if self._sessions else {}

    def sessions(self) -> Iterator[SessionReport]:
        """Yield what happened to each session that is not connected as its device wants, or never was."""
        return (session.report() for session in self._sessions.values() if session.at_fault)

    def _new_session(self, device: str) -> Session:
        options = self._options
        backoff = Backoff(options.backoff_first, options.backoff_cap, self._seeds.draws("reconnect", device))
        session = Session(
            device, self._endpoint, options, self, self._make_link, self._tally, backoff, self._settle
        )
        self._sessions[device] = session
        return session

    @staticmethod
    def _control(session: Session, action: Action) -> None:
        match action:
            case Connect():
                session.connect(action)
            case Subscribe():
                session.subscribe(action)
            case Disconnect():
                session.disconnect(action)
            case Drop():
                session.drop()
            case Freeze():
                session.freeze(action)
            case Thaw():
                session.thaw()
            case _:
                raise RunFailedError(f"{action.device}: {type(action).__name__} cannot be delivered")

    # For the sessions

    def login(self, device: str) -> Login | None:
        """Return what the device's next CONNECT says of who it is; None for what the endpoint says."""
        credentials = self._options.credentials
        return None if credentials is None else credentials.login(device)

    def changed(self, device: str, at: float, state: SessionMoment, reason: str | None) -> None:
        """Pass on what has become of a session."""
        if self._on_session is not None:
            self._on_session(SessionChange(device, at, state, reason))

    def dial(self, session: Session) -> None:
        """Connect the session when its turn comes."""
        self._to_dial.append(session)

    def flush(self, session: Session) -> None:
        """Send the session's bytes at the next turn, or now if there are many."""
        if not session.dirty:
            session.dirty = True
            self._to_flush.append(session)
        elif session.link is not None and len(session.link.outgoing) >= _SEND_AT:
            self.flush_now(session)

    def flush_now(self, session: Session) -> None:
        """Send as many of the session's bytes as the kernel takes."""
        connection = self._connections.get(session)
        if connection is not None and connection.writable:
            self._send(connection)

    def wake(self, session: Session, at: float) -> None:
        """Have the session's `tick` called at `at` or earlier."""
        self._timers.wake(session, at)

    def hang_up(self, session: Session) -> None:
        """Close the session's connection, if it has one."""
        connection = self._connections.pop(session, None)
        if connection is not None:
            connection.closed = True
            if connection.frozen is None or connection.socket in self._selector.get_map():
                self._selector.unregister(connection.socket)
            connection.socket.close()
            self._arrived(connection)

    def freeze(self, session: Session, how: Freeze) -> None:
        """Leave the session's connection alone."""
        connection = self._connections[session]
        connection.frozen = how
        connection.writable = how.writing
        self._watch(connection)
        if how.writing:
            self._send(connection)

    def thaw(self, session: Session) -> None:
        """Use the session's connection again."""
        connection = self._connections[session]
        connection.frozen = None
        connection.writable = True
        self._watch(connection)
        self._receive(connection)  # first, so that nothing is written to a broker who has closed it
        if not connection.closed:
            self._send(connection)

    # Connecting

    def _dial_more(self) -> float:
        """Open the connections that may be opened now; return the seconds until more may be."""
        while self._to_dial and self._arriving < self._options.connecting:
            now = self.clock()
            if (wait := self._dialler.wait(now)) > 0:
                return wait
            session = self._to_dial.popleft()
            if session.state is SessionState.IDLE:  # else its device has changed its mind
                session.dialling()
                self._dial(session, now)
        return math.inf

    def _dial(self, session: Session, now: float) -> None:
        try:
            sock = self._dialler.dial(now)
        except OSError as error:
            session.closed(failure(error))
            return
        connection = Connection(session, sock)
        self._connections[session] = connection
        self._arriving += 1
        self._selector.register(sock, selectors.EVENT_WRITE, connection)

    def _establish(self, connection: Connection) -> None:
        try:
            awaited = connection.establish(self._endpoint, self._security)
        except OSError as error:
            self._fail(connection, error)
            return
        if awaited:
            self._selector.modify(connection.socket, awaited, connection)
            return
        connection.dialling = False
        connection.writable = True
        self._selector.modify(connection.socket, selectors.EVENT_READ, connection)
        connection.session.opened()
        self._send(connection)

    def _arrived(self, connection: Connection) -> None:
        if connection.arriving:
            connection.arriving = False
            self._arriving -= 1

    # Reading and writing

    def _on_ready(self, connection: Connection, events: int) -> None:
        if connection.dialling:
            self._establish(connection)
            return
        if events & selectors.EVENT_READ:
            self._receive(connection)
        if events & selectors.EVENT_WRITE and not connection.closed:
            self._send(connection)

    def _receive(self, connection: Connection) -> None:
        session = connection.session
        try:
            data = connection.socket.recv(_READ_SIZE)
        except AGAIN:
            return
        except OSError as error:
            self._fail(connection, error)
            return
        if not data:
            self._lose(connection, Cause.CLOSED_BY_BROKER)
            return
        if session.link is not None:
            session.link.receive(data)
            if session.link.outgoing:
                self.flush(session)  # the link has answered for itself
        if connection.arriving and session.state is not SessionState.CONNECTING:
            self._arrived(connection)

    def _send(self, connection: Connection) -> None:
        session = connection.session
        if session.link is None or not (outgoing := session.link.outgoing):
            return
        try:
            count = connection.socket.send(outgoing)
        except AGAIN:
            count = 0
        except OSError:
            connection.writable = False
            return
        taken = count == len(outgoing)
        if taken:
            outgoing.clear()
        else:
            del outgoing[:count]
        if taken is not connection.writable:
            connection.writable = taken
            self._watch(connection)
        if count:
            session.handed_over(count)

    def _watch(self, connection: Connection) -> None:
        """Have the selector tell what is of interest about a connection."""
        sock, events = connection.socket, connection.events
        watched = sock in self._selector.get_map()
        if events and watched:
            self._selector.modify(sock, events, connection)
        elif events:
            self._selector.register(sock, events, connection)
        elif watched:
            self._selector.unregister(sock)

    def _flush_all(self) -> None:
        sessions, self._to_flush = self._to_flush, []
        connections = self._connections
        for session in sessions:
            session.dirty = False
            connection = connections.get(session)
            if connection is not None and connection.writable:
                self._send(connection)

    def _fail(self, connection: Connection, error: OSError) -> None:
        if refuses(error) or isinstance(error, UpgradeRefusedError):
            connection.session.turned_away(failure(error))
        else:
            self._lose(connection, failure(error))

    def _lose(self, connection: Connection, reason: str) -> None:
        self.hang_up(connection.session)
        connection.session.closed(reason)
