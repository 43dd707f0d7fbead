"""A link without bytes and a loop without time, for the logic of sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.core.actions import Claim, Connect, Disconnect, Drop, Freeze, Publish, Subscribe
from simulator.core.credentials import Login
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.records import Delivered, Outcome, SessionMoment
from simulator.core.seeds import Seeds
from simulator.mqtt.backoff import Backoff
from simulator.mqtt.counts import Tally
from simulator.mqtt.link import Greeting, Hello, Link, Listener
from simulator.mqtt.loop import Carried
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.session import Session
from simulator.mqtt.timers import Timers

ACCEPTED = Greeting(0)
GOOD_END = {0: Outcome.RECEIVED, 1: Outcome.ACKNOWLEDGED, 2: Outcome.ACKNOWLEDGED}
"""How a message ends that the broker has, by its QoS."""

ENDPOINT = Endpoint("localhost", "127.0.0.1", 1883, Protocol.MQTT_5)


def connect(device: str = "d", keep_alive: int = 60, clean: bool = True) -> Connect:
    return Connect(0.0, device, keep_alive, clean)


def subscribe(topic_filter: str = "d/command", device: str = "d") -> Subscribe:
    return Subscribe(0.0, device, topic_filter, 1)


def message(number: int, qos: int = 1, device: str = "d", payload: bytes = b"{}") -> Publish:
    return Publish(0.0, device, f"m{number}", "wearable", "steps", f"fleet/{device}", payload, qos)


def disconnect(device: str = "d") -> Disconnect:
    return Disconnect(0.0, device)


def drop(device: str = "d") -> Drop:
    return Drop(0.0, device)


class FakeLink(Link):
    """Writes words instead of packets, one byte each, so that a test can read what was said."""

    def __init__(self, hello: Hello | None = None, listener: Listener | None = None) -> None:
        self.outgoing = bytearray()
        self.hello = hello
        self.said: list[str] = []

    def _say(self, word: str) -> None:
        self.said.append(word)
        self.outgoing += b"."

    def connect(self, login: Login | None = None) -> None:
        self.outgoing.clear()
        self._say("CONNECT" if login is None else f"CONNECT {login.password}")

    def publish(
        self, packet_id: int, topic: str, payload: bytes, qos: int, retain: bool, duplicate: bool
    ) -> None:
        self._say(f"PUBLISH {packet_id}" + (" again" if duplicate else ""))

    def release(self, packet_id: int) -> None:
        self._say(f"PUBREL {packet_id}")

    def subscribe(self, packet_id: int, topic_filter: str, qos: int) -> None:
        self._say(f"SUBSCRIBE {topic_filter}")

    def ping(self) -> None:
        self._say("PINGREQ")

    def disconnect(self) -> None:
        self._say("DISCONNECT")

    def receive(self, data: bytes) -> None:
        raise NotImplementedError("tests speak to the listener")


@dataclass
class FakeLoop:
    """Carries one session; the test is the network and the clock."""

    options: DeliveryOptions = field(default_factory=DeliveryOptions)
    now: float = 0.0
    dialled: int = 0
    open: bool = False
    frozen: bool = False
    outcomes: list[Delivered] = field(default_factory=list)
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)
    history: list[tuple[float, SessionMoment, str | None]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    timers: Timers[Carried] = field(default_factory=Timers)
    logins: Iterator[Login] = field(default_factory=lambda: iter(()))

    def session(self, device: str = "d") -> Session:
        backoff = Backoff(
            self.options.backoff_first, self.options.backoff_cap, Seeds(1).draws("reconnect", device)
        )
        return Session(device, ENDPOINT, self.options, self, FakeLink, self.tally, backoff, self.settle)

    def settle(self, _publish: Publish, delivered: Delivered) -> None:
        self.outcomes.append(delivered)

    # What the session asks

    def clock(self) -> float:
        return self.now

    def login(self, device: str, claim: Claim | None = None) -> Login | None:
        return next(self.logins, None)

    def dial(self, session: Carried) -> None:
        self.dialled += 1

    def flush(self, session: Carried) -> None:
        session.dirty = True

    def flush_now(self, session: Carried) -> None:
        self.take(session)

    def hang_up(self, session: Carried) -> None:
        self.open = False

    def freeze(self, session: Carried, how: Freeze) -> None:
        self.frozen = True

    def thaw(self, session: Carried) -> None:
        self.frozen = False
        if not self.open:
            session.closed("closed meanwhile")

    def wake(self, session: Carried, at: float) -> None:
        self.timers.wake(session, at)

    def changed(self, device: str, at: float, state: SessionMoment, reason: str | None) -> None:
        self.history.append((at, state, reason))

    def messaged(self, device: str, topic: str, payload: bytes) -> None:
        self.heard.append((device, topic, payload))

    # What the test does

    def take(self, session: Carried) -> None:
        """Let the kernel take all bytes, as often as there are new ones."""
        link = said(session)
        while link.outgoing:
            count = len(link.outgoing)
            link.outgoing.clear()
            session.handed_over(count)

    def arrive(self, session: Session, greeting: Greeting = ACCEPTED) -> None:
        """Let the dial succeed and the broker answer."""
        session.dialling()
        session.opened()
        self.open = True
        self.take(session)
        session.greeted(greeting)
        self.take(session)

    def lose(self, session: Session, reason: str = "reset") -> None:
        self.open = False
        session.closed(reason)

    def pass_time(self, seconds: float) -> None:
        """Let time pass in one step and ring the alarms."""
        self.now += seconds
        for session in self.timers.due(self.now):
            session.tick(self.now)

    def outcome(self, identity: str) -> Delivered:
        [found] = [delivered for delivered in self.outcomes if delivered.id == identity]
        return found


def said(session: Carried) -> FakeLink:
    assert isinstance(session.link, FakeLink)
    return session.link
