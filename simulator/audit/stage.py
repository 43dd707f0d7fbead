"""One round of an audit: some sessions at once, and what each received, whatever the broker says."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from simulator.broker.credentials import Identity
from simulator.core.actions import Claim, Connect, Drop, Publish, Subscribe, Will
from simulator.core.campaigns import Claimant
from simulator.core.credentials import CONTROL, WITNESS
from simulator.core.endpoint import Endpoint
from simulator.core.records import Delivered, Outcome, SessionChange, SessionMoment
from simulator.mqtt import Delivery, DeliveryOptions

SILENCE = 0.1
"""Seconds in which nothing happens any more, after the broker has shown that it has come so far."""

PULSES = 2
"""Messages of a witness that the broker answers one by one; by then it has taken in what came before."""

LONGEST = 10.0
"""Seconds after which a round is over in any case."""

_TURN = 0.02
_PULSE = "audit-pulse"
_KEEP_ALIVE = 30


class Stage:
    """Sessions with a broker for one round; use it in a ``with``.

    Args:
        endpoint: the broker, cleared by the target guard.
        options: how the fleet connects.

    Attributes:
        heard: topics and payloads that each session received.
        states: what became of each session, in order.
        outcomes: how each message ended, by its id.
    """

    def __init__(self, endpoint: Endpoint, options: DeliveryOptions, stopped: Callable[[], bool]) -> None:
        self.heard: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
        self.states: dict[str, list[SessionMoment]] = defaultdict(list)
        self.outcomes: dict[str, Outcome] = {}
        self._credentials = options.credentials
        self._stopped = stopped
        self._begin = time.monotonic()
        self._happened = 0
        # Nobody comes back: what a broker hangs up on is over.
        patient = replace(options, backoff_first=60.0, backoff_cap=60.0, max_attempts=1, connect_timeout=5.0)
        self._delivery = Delivery(
            endpoint, patient, self._now, self._ended, self._told, on_session=self._changed
        )
        self._pulses = 0
        self.staff(_PULSE)

    def staff(self, name: str, user: str = WITNESS) -> None:
        """Connect somebody with all rights, such as a witness."""
        if self._credentials is not None:
            self._credentials.admit(name, user)
        self._delivery.submit(Connect(0.0, name, _KEEP_ALIVE, clean=True), 0.0)

    def device(
        self,
        name: str,
        who: Identity,
        claimant: Claimant = Claimant.OWN,
        client_id: str | None = None,
        will: Will | None = None,
        keep_alive: int = _KEEP_ALIVE,
    ) -> None:
        """Connect a session as a device, or as somebody who says so.

        Args:
            name: of the session.
            who: the device.
            claimant: who it really is.
            client_id: of the CONNECT; the device's own if left out.
            will: the message for when the connection breaks.
            keep_alive: seconds that are asked for.
        """
        claim: Claim | None
        match claimant:
            case Claimant.NOBODY:
                claim = Claim()
            case Claimant.GUESSED:
                claim = Claim(who.device, f"not-{who.device}")
            case _:
                claim = None if self._credentials is None else Claim(who.device)
        called = client_id or who.device
        self._delivery.submit(
            Connect(0.0, name, keep_alive, clean=True, will=will, client_id=called, claim=claim), 0.0
        )

    def subscribe(self, name: str, topic_filter: str) -> None:
        """Subscribe a session."""
        self._delivery.submit(Subscribe(0.0, name, topic_filter, qos=1), 0.0)

    def publish(self, name: str, topic: str, payload: bytes, *, retain: bool = False) -> str:
        """Publish over a session; return the id under which `outcomes` tells how it ended."""
        identity = f"{name}:{len(self.outcomes)}:{topic}:{payload.decode()}"
        self._delivery.submit(
            Publish(0.0, name, identity, "audit", "audit", topic, payload, qos=1, retain=retain), self._now()
        )
        return identity

    def drop(self, name: str) -> None:
        """Break a connection off."""
        self._delivery.submit(Drop(0.0, name), self._now())

    def settle(self) -> None:
        """Wait until nothing happens any more."""
        end = self._now() + LONGEST
        self._turn(lambda: self._delivery.settled and not self._delivery.queued, end)
        for _ in range(PULSES):
            pulse = self.publish(_PULSE, f"{CONTROL}/pulse", f"{self._pulses}".encode())
            self._pulses += 1
            self._turn(lambda: pulse in self.outcomes, end)  # noqa: B023
        count, since = -1, self._now()
        while self._now() < end and not self._stopped():
            self._delivery.poll(_TURN)
            if self._happened != count:
                count, since = self._happened, self._now()
            elif self._now() - since > SILENCE:
                return

    def _turn(self, done: Callable[[], bool], end: float) -> None:
        while not done() and self._now() < end and not self._stopped():
            self._delivery.poll(_TURN)

    def keep_alive(self, name: str) -> int:
        """Return the keep alive that a session has agreed on with the broker, in seconds; 0 for none."""
        return self._delivery.keep_alive(name)

    def stood(self, name: str) -> bool:
        """Return whether a session was accepted."""
        return SessionMoment.CONNECTED in self.states[name]

    def dropped(self, name: str) -> bool:
        """Return whether a session that stood was dropped."""
        return SessionMoment.DROPPED in self.states[name]

    def received(self, name: str, payload: bytes) -> bool:
        """Return whether a session received a payload."""
        return any(payload == one for _, one in self.heard[name])

    def _now(self) -> float:
        return time.monotonic() - self._begin

    def _told(self, name: str, topic: str, payload: bytes) -> None:
        self.heard[name].append((topic, payload))
        # A broker's own figures go on all the time, and are nothing to wait for.
        self._happened += not topic.startswith("$SYS")

    def _changed(self, change: SessionChange) -> None:
        self.states[change.device].append(change.state)
        self._happened += 1

    def _ended(self, publish: Publish, delivered: Delivered) -> None:
        self.outcomes[publish.id] = delivered.outcome
        self._happened += 1

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self._delivery.finish(2.0)
