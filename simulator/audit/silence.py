"""Somebody who connects at the beginning of an audit and says nothing more, not even that they are there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from simulator.core.actions import Connect, Dial
from simulator.core.credentials import WITNESS
from simulator.core.endpoint import Endpoint
from simulator.core.records import SessionChange, SessionMoment
from simulator.mqtt import Delivery, DeliveryOptions

KEEP_ALIVE = 1
"""Seconds that it asks for."""

LONGEST = 1.5 * KEEP_ALIVE
"""Seconds of silence after which a broker must drop it (MQTT 3.1.1, 3.1.2-24; MQTT 5, 3.1.2-22)."""

ROOM = 10.0
"""Seconds in which a broker may notice; Mosquitto 2.0.11 looks every five."""

_TURN = 0.02


class Silence:
    """One session, beside the rounds of an audit; whoever waits for something polls it.

    It has rights that let it in anywhere, since what is asked is not who it is.

    Args:
        endpoint: the broker, cleared by the target guard.
        options: how the fleet connects.
        room: seconds in which the broker may notice.
    """

    def __init__(self, endpoint: Endpoint, options: DeliveryOptions, room: float = ROOM) -> None:
        self._room = room
        self._began = time.monotonic()
        self._states: dict[SessionMoment, float] = {}
        self._delivery = Delivery(
            endpoint,
            replace(options, connect_timeout=5.0),
            self._now,
            on_outcome=lambda *_: None,
            on_message=lambda *_: None,
            on_session=self._changed,
        )
        name = f"audit-silent-{endpoint.protocol}"
        if options.credentials is not None:
            options.credentials.admit(name, WITNESS)
        self._delivery.submit(Dial(0.0, name, Connect(0.0, name, KEEP_ALIVE, clean=True)), 0.0)

    def poll(self) -> None:
        """Look whether it is still there, without waiting."""
        self._delivery.poll(0.0)

    def lasts(self, stopped: Callable[[], bool]) -> bool | None:
        """Wait until the broker must have dropped it, and return whether it is still there.

        None if it was not let in, or if nobody waits any more.
        """
        while not self._over and not stopped():
            self._delivery.poll(_TURN)
        accepted, dropped = (
            self._states.get(one) for one in (SessionMoment.CONNECTED, SessionMoment.DROPPED)
        )
        self._delivery.abort()
        if accepted is None or not self._over:
            return None
        return dropped is None

    @property
    def _over(self) -> bool:
        if {SessionMoment.DROPPED, SessionMoment.REFUSED} & self._states.keys():
            return True
        return self._now() - self._states.get(SessionMoment.CONNECTED, 0.0) > LONGEST + self._room

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _changed(self, change: SessionChange) -> None:
        self._states.setdefault(change.state, change.at)
