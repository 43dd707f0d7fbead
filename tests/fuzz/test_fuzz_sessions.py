"""A session whose broker, kernel and clock do as they like: every message still ends exactly once."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutation import mutated

sys.path.append(str(Path(__file__).parents[1] / "mqtt"))

from mqtt_fakes import FakeLoop, connect, disconnect, message, subscribe

from simulator.core.actions import Freeze
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.seeds import Seeds
from simulator.core.transport import Transport
from simulator.mqtt.backoff import Backoff
from simulator.mqtt.counts import SessionState
from simulator.mqtt.features import Features
from simulator.mqtt.loop import Carried
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.session import Session
from simulator.mqtt.transports import link_factory

TRANSPORTS = pytest.mark.parametrize("transport", [Transport.FAST, Transport.PAHO])

CONNACK = b"\x20\x03\x00\x00\x00"
KEPT = b"\x20\x03\x01\x00\x00"
ALIASES = b"\x20\x06\x00\x00\x03\x22\x00\x01"
LIMITED = b"\x20\x0b\x00\x00\x08\x21\x00\x02\x27\x00\x00\x00\x40"
REFUSED = b"\x20\x03\x00\x87\x00"
BUSY = b"\x20\x03\x00\x89\x00"

packet_ids = st.integers(0, 6).map(lambda number: number.to_bytes(2, "big"))
answers = st.one_of(
    st.sampled_from(
        [CONNACK, KEPT, ALIASES, LIMITED, REFUSED, BUSY, b"\xd0\x00", b"\xe0\x02\x8e\x00", b"\xe0\x00"]
    ),
    st.tuples(st.sampled_from([b"\x40", b"\x50", b"\x62", b"\x70"]), packet_ids).map(
        lambda answer: answer[0] + b"\x02" + answer[1]
    ),
    st.tuples(st.sampled_from([b"\x40", b"\x50", b"\x70"]), packet_ids).map(
        lambda answer: answer[0] + b"\x03" + answer[1] + b"\x97"
    ),
    packet_ids.map(lambda number: b"\x90\x04" + number + b"\x00\x01"),
    packet_ids.map(lambda number: b"\x34\x08\x00\x01c" + number + b"\x00on"),
    st.binary(min_size=1, max_size=12),
    mutated(CONNACK + b"\x40\x02\x00\x01" + b"\x50\x02\x00\x02" + b"\xd0\x00"),
)
"""What the broker says: sense, sense at the wrong time, and nonsense."""

steps = st.one_of(
    st.tuples(st.just("publish"), st.integers(0, 2)),
    st.tuples(st.just("hear"), answers),
    st.tuples(st.just("take"), st.integers(0, 80)),
    st.tuples(st.just("pass"), st.sampled_from([0.0, 0.5, 2.0, 11.0, 70.0])),
    st.tuples(
        st.sampled_from(
            ["dial", "greet", "lose", "connect", "disconnect", "drop", "subscribe", "freeze", "thaw"]
        ),
        st.none(),
    ),
)


@dataclass
class Wire(FakeLoop):
    """A loop whose kernel takes bytes only when the test says so."""

    dials: list[Carried] = field(default_factory=list)

    def over(self, transport: Transport) -> Session:
        backoff = Backoff(1.0, 30.0, Seeds(1).draws("reconnect", "d"))
        return Session(
            "d",
            Endpoint("localhost", "127.0.0.1", 1883, Protocol.MQTT_5),
            self.options,
            self,
            link_factory(transport, Protocol.MQTT_5),
            self.tally,
            backoff,
            lambda publish, delivered: self.outcomes.append(delivered),
        )

    def dial(self, session: Carried) -> None:
        self.dials.append(session)

    def flush_now(self, session: Carried) -> None:
        self.hand_over(session, 1_000_000)

    def hand_over(self, session: Carried, most: int) -> None:
        if self.open and session.link is not None and (outgoing := session.link.outgoing):
            count = min(most, len(outgoing))
            del outgoing[:count]
            if count:
                session.handed_over(count)

    def establish(self, session: Carried) -> None:
        if self.dials and not self.open:
            self.dials.clear()
            if session.state is SessionState.IDLE:
                session.dialling()
                self.open = True
                session.opened()

    def hear(self, session: Carried, data: bytes) -> None:
        if self.open and not self.frozen and session.link is not None:
            session.link.receive(data)

    def perform(self, session: Session, step: str, detail: Any, number: int) -> None:
        match step:
            case "publish":
                session.publish(message(number, detail), self.now)
            case "hear":
                self.hear(session, detail)
            case "take":
                self.hand_over(session, detail)
            case "pass":
                self.pass_time(detail)
            case "dial":
                self.establish(session)
            case "greet":
                self.establish(session)
                self.hand_over(session, 1_000)
                self.hear(session, CONNACK)
            case "lose" if self.open:
                self.lose(session)
            case "connect":
                session.connect(connect())
            case "disconnect":
                session.disconnect(disconnect())
            case "drop":
                session.drop()
            case "subscribe":
                session.subscribe(subscribe())
            case "freeze":
                session.freeze(Freeze(0.0, "d"))
            case "thaw":
                session.thaw()


@TRANSPORTS
@pytest.mark.parametrize("features", [Features(), Features((("site", "lab"),), 60, 60, 5, True)])
@given(script=st.lists(steps, min_size=5, max_size=40))
def test_every_message_ends_exactly_once_whatever_the_broker_says(
    transport: Transport, features: Features, script: list[tuple[str, Any]]
) -> None:
    loop = Wire(options=DeliveryOptions(features=features))
    session = loop.over(transport)
    session.connect(connect())
    for number, (step, detail) in enumerate([("greet", None), *script]):
        loop.perform(session, step, detail, number)
    session.abandon("the run ended")
    published = [f"m{number}" for number, (step, _) in enumerate(script, start=1) if step == "publish"]
    assert Counter(delivered.id for delivered in loop.outcomes) == Counter(published)
    assert (loop.tally.queued, loop.tally.in_flight, loop.tally.connected) == (0, 0, 0)
    assert (loop.tally.open, loop.tally.untried) == (0, 0)


def test_a_broker_that_acknowledges_nothing_leaves_packet_ids_for_subscriptions() -> None:
    loop = Wire(options=DeliveryOptions(window=65_535, session_queue=70_000))
    session = loop.over(Transport.FAST)
    session.connect(connect())
    loop.perform(session, "greet", None, 0)
    for number in range(66_000):
        session.publish(message(number, 1), 0.0)
        loop.flush_now(session)
    session.subscribe(subscribe())  # asks for an id that no message in flight has
    session.abandon("the run ended")
    assert len({delivered.id for delivered in loop.outcomes}) == len(loop.outcomes) == 66_000
