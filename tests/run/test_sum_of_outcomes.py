"""Every message due ends as exactly one of acknowledged, received, refused, dropped or lost."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path += [str(Path(__file__).parents[1] / name) for name in ("mqtt", "report")]

from mqtt_fakes import FakeLoop, connect, disconnect, message
from summaries import summary

from simulator.core.actions import Publish
from simulator.core.records import Delivered, Outcome
from simulator.ledger import Ledger
from simulator.metrics import Tally
from simulator.mqtt.codec import ReasonCode
from simulator.mqtt.counts import SessionState
from simulator.mqtt.link import Greeting
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.session import Session
from simulator.truth import NoRows
from simulator.witness import Witness


class Rows(NoRows):
    """Keeps how messages ended."""

    def __init__(self) -> None:
        self.ended: list[Delivered] = []

    def delivered(self, row: Delivered) -> None:
        self.ended.append(row)


class Books(FakeLoop):
    """A session with the ledger of a run behind it, and a witness that sees some messages of some devices."""

    def __init__(self, share: float) -> None:
        super().__init__(DeliveryOptions(window=2, session_queue=3, confirm_every=3, max_attempts=2))
        self.rows = Rows()
        self.messages = Tally()
        watch = Witness(share, bytes.decode, self.messages.end_to_end.record)
        self.ledger = Ledger(self.messages, self.rows, watch)
        self.sent: list[Publish] = []

    def settle(self, publish: Publish, delivered: Delivered) -> None:
        self.ledger.ended(publish, delivered)

    def publish(self, session: Session, publish: Publish) -> None:
        self.sent.append(publish)
        self.ledger.due(publish, None, self.now, 0.0)
        session.publish(publish, self.now)


steps = st.one_of(
    st.tuples(st.just("publish"), st.integers(0, 2)),
    st.tuples(st.just("copy"), st.integers(0, 9)),
    st.tuples(st.just("seen"), st.integers(0, 9)),
    st.tuples(st.sampled_from(["yes", "no", "got"]), st.integers(1, 6)),
    st.tuples(st.sampled_from(["arrive", "ban", "taken", "pong", "lose", "drop", "end", "wait"]), st.just(0)),
)


def take(step: str, number: int, books: Books, session: Session) -> None:
    """Let one thing happen, if it can where the session is."""
    connected = session.state is SessionState.CONNECTED
    match step:
        case "publish":
            books.publish(session, message(len(books.sent), qos=number))
        case "copy" if number < len(books.sent):  # as a poor radio makes it: another message with the same id
            books.publish(session, books.sent[number])
        case "seen" if number < len(books.sent):
            books.ledger.witnessed(books.sent[number].id.encode(), books.now)
        case "yes" if connected:
            session.acknowledged(number, 0)
        case "no" if connected:
            session.acknowledged(number, ReasonCode.NOT_AUTHORIZED)
        case "got" if connected:
            session.received(number)
        case "arrive" if session.state is SessionState.IDLE:
            books.arrive(session)
        case "ban" if session.state is SessionState.IDLE:
            books.arrive(session, Greeting(ReasonCode.BANNED))
        case "taken" if connected:
            books.take(session)
        case "pong" if connected:
            session.ponged()
        case "lose" if connected:
            books.lose(session)
        case "drop":
            session.drop()
        case "end":
            session.disconnect(disconnect())
            session.connect(connect())
        case "wait":
            books.pass_time(3.0)


@pytest.mark.parametrize("share", [0.0, 1.0])
@given(script=st.lists(steps, max_size=60))
def test_the_outcomes_add_up_to_the_messages_due(share: float, script: list[tuple[str, int]]) -> None:
    books = Books(share)
    session = books.session()
    session.connect(connect())
    books.arrive(session)
    for step, number in script:
        take(step, number, books, session)
    session.abandon("the run ended")
    books.ledger.close()

    assert Counter(row.id for row in books.rows.ended) == Counter(publish.id for publish in books.sent)
    written = Counter(row.outcome for row in books.rows.ended)
    counts = books.messages.totals()
    assert written == {outcome: count for outcome in Outcome if (count := counts.outcome(outcome))}
    result = summary(books.messages)
    shown = result.messages
    ends = (shown.acknowledged, shown.received, shown.refused, shown.dropped, shown.lost)
    assert sum(ends) == shown.due == len(books.sent)
    assert not any("unaccounted" in reason for reason in result.distrust)
