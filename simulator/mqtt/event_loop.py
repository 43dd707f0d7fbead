"""The event loop that carries the sessions of a fleet: one thread, one selector, no blocking call."""

from __future__ import annotations

import math
import select
import selectors
from collections import deque
from collections.abc import Callable

from simulator.core.actions import Claim, Freeze
from simulator.core.credentials import Login
from simulator.core.endpoint import Endpoint
from simulator.core.records import SessionChange, SessionMoment
from simulator.mqtt.connection import AGAIN, Connection
from simulator.mqtt.counts import SessionState
from simulator.mqtt.dialler import Dialler
from simulator.mqtt.loop import Carried
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.reasons import Cause
from simulator.mqtt.timers import Timers
from simulator.mqtt.tls import Security, failure, refuses
from simulator.mqtt.websocket import UpgradeRefusedError

_READ_SIZE = 64 * 1024

_SELECTABLE = 1024
"""Descriptors from here on are beyond `select`."""

_SEND_AT = 16 * 1024
"""Bytes at which a session's frames are sent without waiting for the next turn of the loop."""

OnMessage = Callable[[str, str, bytes], None]
OnSession = Callable[[SessionChange], None]


class EventLoop:
    """Connects sessions to the broker, moves their bytes, and wakes them; it is their `Loop`.

    Args:
        endpoint: the broker's listener, cleared by the target guard.
        options: limits and patience.
        clock: seconds since the load began; must not run backwards.
        on_message: told what a device has received: device, topic, payload.
        on_session: told what becomes of each session, if anybody wants to know.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        options: DeliveryOptions,
        clock: Callable[[], float],
        on_message: OnMessage,
        on_session: OnSession | None = None,
    ) -> None:
        self.clock = clock
        self.messaged = on_message
        self._endpoint = endpoint
        self._options = options
        self._on_session = on_session
        self._security = Security(endpoint.host, options.credentials) if endpoint.tls else None
        self._timers: Timers[Carried] = Timers()
        self._selector = selectors.DefaultSelector()
        self._connections: dict[Carried, Connection] = {}
        self._to_dial: deque[Carried] = deque()
        self._to_flush: list[Carried] = []
        self._arriving = 0
        self._details: dict[str, tuple[str | None, str]] = {}
        self._dialler = Dialler(endpoint, options.connect_rate, options.source_addresses)

    def turn(self, timeout: float) -> None:
        """Connect, read, write and wake whom it is time for.

        Args:
            timeout: seconds to wait at most if nothing happens.
        """
        until_dialling = self._dial_more()
        self._flush_all()
        longest = min(timeout, until_dialling)
        for key, events in self._ready(self._timers.wait(self.clock(), longest)):
            if not key.data.closed:
                self._on_ready(key.data, events)
        now = self.clock()
        for session in self._timers.due(now):
            session.tick(now)
        self._dial_more()
        self._flush_all()

    def close(self) -> None:
        """Free the selector; all sessions must have been hung up."""
        self._selector.close()

    # For the sessions

    def login(self, device: str, claim: Claim | None = None) -> Login | None:
        """Return what the device's next CONNECT says of who it is; None for what the endpoint says."""
        credentials = self._options.credentials
        if claim is not None and (claim.user is None or claim.password is not None):
            return Login(claim.user, claim.password)
        if claim is not None and claim.user is not None:
            device = claim.user
        return None if credentials is None else credentials.login(device)

    def changed(self, device: str, at: float, state: SessionMoment, reason: str | None) -> None:
        """Pass on what has become of a session."""
        if self._on_session is not None:
            if state is SessionMoment.CONNECTING:  # what is known is about the connection before
                self._details.pop(device, None)
            self._on_session(SessionChange(device, at, state, reason, *self._details.get(device, ())))

    def dial(self, session: Carried) -> None:
        """Connect the session when its turn comes."""
        self._to_dial.append(session)

    def flush(self, session: Carried) -> None:
        """Send the session's bytes at the next turn, or now if there are many."""
        if not session.dirty:
            session.dirty = True
            self._to_flush.append(session)
        elif session.link is not None and len(session.link.outgoing) >= _SEND_AT:
            self.flush_now(session)

    def flush_now(self, session: Carried) -> None:
        """Send as many of the session's bytes as the kernel takes."""
        connection = self._connections.get(session)
        if connection is not None and connection.writable:
            self._send(connection)

    def wake(self, session: Carried, at: float) -> None:
        """Have the session's `tick` called at `at` or earlier."""
        self._timers.wake(session, at)

    def hang_up(self, session: Carried) -> None:
        """Close the session's connection, if it has one."""
        connection = self._connections.pop(session, None)
        if connection is not None:
            connection.closed = True
            if connection.frozen is None or connection.socket in self._selector.get_map():
                self._selector.unregister(connection.socket)
            connection.socket.close()
            self._arrived(connection)

    def freeze(self, session: Carried, how: Freeze) -> None:
        """Leave the session's connection alone."""
        connection = self._connections[session]
        connection.frozen = how
        connection.writable = how.writing
        self._watch(connection)
        if how.writing:
            self._send(connection)

    def thaw(self, session: Carried) -> None:
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

    def _dial(self, session: Carried, now: float) -> None:
        try:
            sock = self._dialler.dial(now, session.source, session.abrupt)
        except OSError as error:
            session.closed(failure(error))
            return
        if self._options.detailed:
            host, port, *_ = sock.getsockname()
            self._details[session.device] = (session.client_id, f"{host}:{port}")
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
        session = connection.session
        session.opened()
        if session.state is SessionState.CONNECTED:  # a raw one, which waits for no answer
            self._arrived(connection)
        self._send(connection)

    def _arrived(self, connection: Connection) -> None:
        if connection.arriving:
            connection.arriving = False
            self._arriving -= 1

    # Reading and writing

    def _ready(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        """Return the connections that are ready, after so many seconds at most.

        Waits with `select` for the selector as a whole: epoll rounds its own timeout up to a millisecond, in
        which many messages can come due.
        """
        if timeout > 0 and self._selector.fileno() < _SELECTABLE:
            select.select([self._selector], [], [], timeout)
            timeout = 0.0
        return self._selector.select(timeout)

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
