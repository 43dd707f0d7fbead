"""The face of the delivery side: takes the actions of a fleet, and says how each message ended."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

from simulator.core.actions import (
    Action,
    Connect,
    Dial,
    Disconnect,
    Drop,
    Freeze,
    Publish,
    Raw,
    Subscribe,
    Thaw,
)
from simulator.core.endpoint import Endpoint
from simulator.core.errors import RunFailedError
from simulator.core.records import Delivered, Outcome
from simulator.core.refusals import Refusal
from simulator.core.seeds import Seeds
from simulator.mqtt.backoff import Backoff
from simulator.mqtt.caps import Caps
from simulator.mqtt.counts import ConnectionCounts, SessionReport, SessionState, Tally
from simulator.mqtt.event_loop import EventLoop, OnMessage, OnSession
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.raw import OnRaw, RawSession
from simulator.mqtt.reasons import Cause
from simulator.mqtt.session import Session
from simulator.mqtt.transports import carrier, link_factory

_TURN = 0.1
"""Seconds that one turn waits at most while finishing."""

OnOutcome = Callable[[Publish, Delivered], None]


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
        on_raw: told how messages fared that were sent as raw bytes, if anybody wants to know.
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
        on_raw: OnRaw = lambda _delivered: None,
    ) -> None:
        self.clock = clock
        self._endpoint = endpoint
        self._options = options
        self._settle = on_outcome
        self._loop = EventLoop(endpoint, options, clock, on_message, on_session)
        self._transport = carrier(options.transport)
        self._make_link = link_factory(self._transport, endpoint.protocol)
        self._seeds = Seeds(jitter_seed)
        self._tally = Tally()
        self._sessions: dict[str, Session] = {}
        self._raw: dict[str, RawSession] = {}
        self._settle_raw = on_raw
        self._over = False
        self._caps = Caps(options.limits)

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
            self._send_raw(action, due)
        elif isinstance(action, Dial):
            self._raw_session(action.device).dial(action)
        elif isinstance(action, Drop) and action.device in self._raw:
            self._raw[action.device].drop()
        else:
            self._control(session or self._new_session(action.device), action)

    def poll(self, timeout: float) -> None:
        """Make one turn of the loop: connect, read, write, reconnect, ping.

        Args:
            timeout: seconds to wait at most if nothing happens.
        """
        self._caps.refill(self.clock())
        self._loop.turn(timeout)

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
        for raw in self._raw.values():
            raw.drop()
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
        for raw in self._raw.values():
            raw.abandon(Cause.RUN_ENDED)
        self._loop.close()

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
    def stranded(self) -> bool:
        """Whether a device has messages to send and no connection for them, but will try again."""
        return any(session.stranded for session in self._sessions.values())

    @property
    def failed_attempts(self) -> int:
        """Attempts to connect that have failed so far, whatever the reason."""
        return self._tally.failed

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
    def refusals(self) -> Counter[Refusal]:
        """What the broker has refused so far, and how often for which reason."""
        return Counter(self._tally.refusals)

    @property
    def connections(self) -> ConnectionCounts:
        """What happened to the connections so far."""
        return self._tally.connections()

    @property
    def states(self) -> Counter[SessionState]:
        """How many sessions are where; those of raw connections are not among them."""
        return Counter(self._tally.states)

    @property
    def refused_subscriptions(self) -> int:
        """Subscriptions that the broker refused."""
        return self._tally.refused_subscriptions

    def keep_alive(self, device: str) -> int:
        """Return the keep alive that a session has agreed on with the broker, in seconds; 0 for none.

        That is what the device asked for, unless an MQTT 5 broker wanted another one.
        """
        return self._sessions[device].keep_alive

    def transports(self) -> dict[str, int]:
        """Return how many sessions each transport carries, without those that carry none."""
        return {self._transport.value: len(self._sessions)} if self._sessions else {}

    def sessions(self) -> Iterator[SessionReport]:
        """Yield what happened to each session that is not connected as its device wants, or to no avail."""
        return (session.report() for session in self._sessions.values() if session.at_fault)

    def _send_raw(self, action: Raw, due: float) -> None:
        session = self._raw.get(action.device)
        if session is None:
            raise RunFailedError(f"{action.device}: raw bytes need a raw connection; dial one first")
        cause = self._caps.beyond("", action.data)
        if cause is None:
            session.send(action, due)
        elif action.id is not None:
            self._settle_raw(Delivered(action.id, due, None, None, Outcome.DROPPED, cause, 0))

    def _raw_session(self, device: str) -> RawSession:
        session = self._raw.get(device)
        if session is None:
            session = self._raw[device] = RawSession(
                device, self._endpoint, self._options, self._loop, self._tally, self._settle_raw
            )
        return session

    def _new_session(self, device: str) -> Session:
        options = self._options
        backoff = Backoff(options.backoff_first, options.backoff_cap, self._seeds.draws("reconnect", device))
        session = Session(
            device, self._endpoint, options, self._loop, self._make_link, self._tally, backoff, self._settle
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
