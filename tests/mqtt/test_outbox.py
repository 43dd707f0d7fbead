"""The way of a message through the outbox, without a network."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from mqtt_fakes import FakeLink, message

from simulator.core.records import Delivered, Outcome
from simulator.mqtt.codec import ReasonCode
from simulator.mqtt.counts import Tally
from simulator.mqtt.link import Greeting
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.outbox import HIGH_WATER, Outbox
from simulator.mqtt.reasons import Cause

OPTIONS = DeliveryOptions(window=2, session_queue=3, total_queue=5, confirm_every=4, max_attempts=3)


class Desk:
    """An outbox with its link, its shared counts and what became of its messages."""

    def __init__(self, options: DeliveryOptions = OPTIONS, tally: Tally | None = None) -> None:
        self.now = 0.0
        self.tally = tally or Tally()
        self.outcomes: list[Delivered] = []
        self.link = FakeLink()
        self.outbox = Outbox(
            options, self.tally, lambda: self.now, lambda _, delivered: self.outcomes.append(delivered)
        )

    def submit(self, *numbers: int, qos: int = 1, connected: bool = True) -> None:
        for number in numbers:
            self.outbox.submit(message(number, qos), float(number), self.link if connected else None)

    def take(self, count: int | None = None) -> None:
        count = len(self.link.outgoing) if count is None else count
        del self.link.outgoing[:count]
        self.outbox.handed_over(count, self.now)

    def reconnect(self, session_present: bool, **greeting: int) -> None:
        self.outbox.disconnected("reset")
        self.link = FakeLink()
        self.outbox.connected(Greeting(0, session_present, **greeting), self.link)

    def ended(self) -> dict[str, tuple[Outcome, str | None]]:
        return {delivered.id: (delivered.outcome, delivered.reason) for delivered in self.outcomes}


def test_messages_go_at_once_while_the_window_is_open_and_wait_in_order_when_it_is_not() -> None:
    desk = Desk()
    desk.submit(1, 2, 3, 4)
    assert desk.link.said == ["PUBLISH 1", "PUBLISH 2"]
    assert (desk.tally.in_flight, desk.tally.queued) == (2, 2)
    desk.take()
    desk.outbox.acknowledged(1, 0, 1.0)
    desk.outbox.pump(desk.link)
    assert desk.link.said[2:] == ["PUBLISH 3"]


def test_an_acknowledged_message_says_when_it_was_due_sent_and_acknowledged() -> None:
    desk = Desk()
    desk.submit(7)
    desk.now = 8.0
    desk.take()
    desk.outbox.acknowledged(1, 0, 9.0)
    assert desk.outcomes == [Delivered("m7", 7.0, 8.0, 9.0, Outcome.ACKNOWLEDGED, None, 1)]


def test_a_message_is_sent_when_its_last_byte_is() -> None:
    desk = Desk()
    desk.submit(1, 2)
    desk.now = 5.0
    desk.take(1)
    desk.now = 6.0
    desk.take(1)
    for packet_id in (1, 2):
        desk.outbox.acknowledged(packet_id, 0, 9.0)
    assert [delivered.sent for delivered in desk.outcomes] == [5.0, 6.0]


def test_qos_0_does_not_take_from_the_window_but_keeps_its_place_in_the_queue() -> None:
    desk = Desk()
    desk.submit(1, 2, 3)
    desk.submit(4, qos=0)
    assert desk.link.said == ["PUBLISH 1", "PUBLISH 2"]
    desk.outbox.acknowledged(1, 0, 1.0)
    desk.outbox.pump(desk.link)
    assert desk.link.said[2:] == ["PUBLISH 3", "PUBLISH 0"]


def test_what_the_queue_cannot_hold_is_dropped_at_once_and_says_why() -> None:
    desk = Desk()
    desk.submit(1, 2, 3, 4, connected=False)
    assert desk.ended() == {"m4": (Outcome.DROPPED, Cause.SESSION_QUEUE_FULL)}
    assert desk.outcomes[0].attempts == 0


def test_the_queue_of_all_sessions_is_bounded_too() -> None:
    tally = Tally()
    desks = [Desk(tally=tally) for _ in range(2)]
    for desk in desks:
        desk.submit(1, 2, 3, connected=False)
    assert desks[1].ended() == {"m3": (Outcome.DROPPED, Cause.TOTAL_QUEUE_FULL)}
    assert tally.queued == OPTIONS.total_queue


def test_bytes_that_the_kernel_does_not_take_are_bounded() -> None:
    desk = Desk()
    desk.link.outgoing += bytes(HIGH_WATER)
    desk.submit(1, qos=0)
    assert (desk.link.said, desk.tally.queued) == ([], 1)


def test_a_ping_confirms_the_qos_0_messages_before_it_and_no_other() -> None:
    desk = Desk()
    desk.submit(1, 2, qos=0)
    desk.outbox.asked(1.0)
    desk.submit(3, qos=0)
    desk.take()
    desk.outbox.ponged(2.0)
    assert [(delivered.id, delivered.acked) for delivered in desk.outcomes] == [("m1", 2.0), ("m2", 2.0)]
    desk.outbox.ponged(3.0)  # nobody asked
    assert len(desk.outcomes) == 2


def test_pings_are_asked_for_after_so_many_messages_or_so_long() -> None:
    desk = Desk(replace(OPTIONS, confirm_within=2.0))
    desk.now = 10.0
    desk.submit(1, qos=0)
    assert desk.outbox.confirm_at == 12.0
    assert desk.outbox.unasked < OPTIONS.confirm_every
    desk.submit(2, 3, 4, qos=0)
    assert desk.outbox.unasked == OPTIONS.confirm_every
    desk.outbox.asked(10.5)
    assert desk.outbox.unasked < OPTIONS.confirm_every
    assert desk.outbox.confirm_at > 1e9


def test_unconfirmed_qos_0_messages_are_lost_with_the_connection_and_unsent_ones_wait_again() -> None:
    desk = Desk()
    desk.submit(1, 2, qos=0)
    desk.take(1)
    desk.reconnect(session_present=True)
    assert desk.ended() == {"m1": (Outcome.LOST, "reset")}
    assert desk.link.said == ["PUBLISH 0"]
    desk.take()
    desk.outbox.asked(1.0)
    desk.outbox.ponged(2.0)
    assert desk.outcomes[1].outcome is Outcome.RECEIVED
    assert desk.outcomes[1].attempts == 1


def test_messages_in_flight_are_sent_again_before_new_ones_under_the_same_packet_ids() -> None:
    desk = Desk()
    desk.submit(1, 2, 3)
    desk.take()
    desk.reconnect(session_present=False)
    assert desk.link.said == ["PUBLISH 1 again", "PUBLISH 2 again"]
    desk.take()
    desk.outbox.acknowledged(1, 0, 1.0)
    assert desk.outcomes[0].attempts == 2


def test_a_message_whose_last_byte_never_left_is_no_duplicate() -> None:
    desk = Desk()
    desk.submit(1)
    desk.reconnect(session_present=True)
    assert desk.link.said == ["PUBLISH 1"]


def test_a_received_qos_2_message_is_only_released_if_the_broker_still_knows_it() -> None:
    for session_present, word in ((True, "PUBREL 1"), (False, "PUBLISH 1 again")):
        desk = Desk()
        desk.submit(1, qos=2)
        desk.take()
        assert desk.outbox.received(1)
        desk.reconnect(session_present)
        assert desk.link.said == [word]


def test_a_broker_that_forgot_the_packet_id_after_pubrec_has_had_the_message() -> None:
    desk = Desk()
    desk.submit(1, qos=2)
    desk.take()
    desk.outbox.received(1)
    desk.outbox.acknowledged(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, 1.0)
    assert desk.ended() == {"m1": (Outcome.ACKNOWLEDGED, None)}


def test_a_refused_message_names_the_reason() -> None:
    desk = Desk()
    desk.submit(1)
    desk.take()
    desk.outbox.acknowledged(1, ReasonCode.NOT_AUTHORIZED, 4.0)
    assert desk.outcomes == [Delivered("m1", 1.0, 0.0, 4.0, Outcome.REFUSED, "not authorized (0x87)", 1)]


def test_an_answer_to_nothing_in_flight_changes_nothing() -> None:
    desk = Desk()
    desk.outbox.acknowledged(9, 0, 1.0)
    assert not desk.outbox.received(9)
    assert desk.outcomes == []


def test_the_brokers_receive_maximum_narrows_the_window_even_for_what_is_sent_again() -> None:
    desk = Desk()
    desk.submit(1, 2, 3)
    desk.take()
    desk.reconnect(session_present=True, receive_maximum=1)
    assert desk.link.said == ["PUBLISH 1 again"]
    desk.outbox.acknowledged(1, 0, 1.0)
    desk.outbox.pump(desk.link)
    assert desk.link.said[1:] == ["PUBLISH 2 again"]


def test_a_message_larger_than_the_broker_takes_is_not_sent_at_all() -> None:
    desk = Desk()
    desk.outbox.connected(Greeting(0, largest_packet=200), desk.link)
    desk.outbox.submit(message(1, payload=bytes(300)), 0.0, desk.link)
    assert desk.ended() == {"m1": (Outcome.DROPPED, Cause.PACKET_TOO_LARGE)}
    assert desk.link.said == []


def test_a_message_that_breaks_every_connection_is_given_up() -> None:
    desk = Desk()
    desk.submit(1)
    for _ in range(OPTIONS.max_attempts):
        desk.take()
        desk.reconnect(session_present=False)
    assert desk.ended() == {"m1": (Outcome.LOST, "given up after 3 attempts")}


def test_packet_ids_wrap_and_skip_those_in_flight() -> None:
    desk = Desk()
    desk.submit(1)  # has packet id 1
    ids = [desk.outbox.new_packet_id() for _ in range(65_535)]
    assert ids == [*range(2, 65_536), 2]


def test_giving_up_tells_lost_from_dropped_by_whether_it_was_sent() -> None:
    desk = Desk()
    desk.submit(1, 2, 3)
    desk.take(1)
    desk.outbox.abandon("the end")
    assert desk.ended() == {
        "m1": (Outcome.LOST, "the end"),
        "m2": (Outcome.DROPPED, "the end"),
        "m3": (Outcome.DROPPED, "the end"),
    }


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens in whatever order, each message ends once and the counts come out even."""

    @initialize()
    def begin(self) -> None:
        self.desk = Desk()
        self.submitted = 0
        self.connected = True
        self.pings = 0

    @rule(qos=st.sampled_from([0, 1, 2]))
    def submit(self, qos: int) -> None:
        self.submitted += 1
        self.desk.submit(self.submitted, qos=qos, connected=self.connected)

    @rule(share=st.floats(0, 1))
    def kernel_takes(self, share: float) -> None:
        if self.connected:
            self.desk.take(int(share * len(self.desk.link.outgoing)))

    @rule(packet_id=st.integers(1, 8), code=st.sampled_from([0, 0x10, 0x87]))
    def broker_answers(self, packet_id: int, code: int) -> None:
        if self.connected:
            self.desk.take()
            self.desk.outbox.acknowledged(packet_id, code, 0.0)
            self.desk.outbox.pump(self.desk.link)

    @rule(packet_id=st.integers(1, 8))
    def broker_receives(self, packet_id: int) -> None:
        if self.connected:
            self.desk.take()
            self.desk.outbox.received(packet_id)

    @rule()
    def ping(self) -> None:
        if self.connected:
            self.desk.outbox.asked(0.0)
            self.desk.take()
            self.pings += 1

    @rule()
    def pong(self) -> None:
        if self.connected and self.pings:
            self.pings -= 1
            self.desk.outbox.ponged(0.0)

    @rule()
    def break_off(self) -> None:
        if self.connected:
            self.connected = False
            self.pings = 0
            self.desk.outbox.disconnected("reset")

    @rule(session_present=st.booleans(), receive_maximum=st.integers(1, 3))
    def come_back(self, session_present: bool, receive_maximum: int) -> None:
        if not self.connected:
            self.connected = True
            self.desk.link = FakeLink()
            self.desk.outbox.connected(Greeting(0, session_present, receive_maximum), self.desk.link)

    @invariant()
    def counts_are_even(self) -> None:
        tally = self.desk.tally
        assert len(self.desk.outcomes) + tally.queued + tally.in_flight == self.submitted
        assert max(Counter(delivered.id for delivered in self.desk.outcomes).values(), default=1) == 1

    def teardown(self) -> None:
        self.desk.outbox.abandon("the end")
        assert len({delivered.id for delivered in self.desk.outcomes}) == self.submitted
        assert (self.desk.tally.queued, self.desk.tally.in_flight) == (0, 0)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
