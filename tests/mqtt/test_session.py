"""A session's life, with a network and a clock that the test moves."""

from __future__ import annotations

import pytest
from mqtt_fakes import FakeLoop, connect, disconnect, message, said, subscribe

from simulator.core.records import Outcome
from simulator.mqtt.codec import ReasonCode
from simulator.mqtt.counts import SessionState
from simulator.mqtt.link import Greeting
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.reasons import Cause, reason_name
from simulator.mqtt.session import Session


def connected(loop: FakeLoop, keep_alive: int = 60) -> Session:
    session = loop.session()
    session.connect(connect(keep_alive=keep_alive))
    loop.arrive(session)
    said(session).said.clear()
    return session


# Connecting


def test_a_session_goes_from_idle_over_connecting_to_connected() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    states = [session.state]
    session.dialling()
    states.append(session.state)
    session.opened()
    session.greeted(Greeting(0))
    states.append(session.state)
    assert states == [SessionState.IDLE, SessionState.CONNECTING, SessionState.CONNECTED]
    assert (loop.tally.asked, loop.tally.reached, loop.tally.connected, loop.tally.untried) == (1, 1, 1, 0)
    assert not session.at_fault


def test_what_is_asked_before_the_broker_answers_waits_for_it() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    session.subscribe(subscribe())
    session.publish(message(1), 0.0)
    loop.arrive(session)
    assert said(session).said == ["CONNECT", "SUBSCRIBE d/command", "PUBLISH 2"]


def test_no_answer_to_connect_in_time_is_a_failed_attempt() -> None:
    loop = FakeLoop(DeliveryOptions(connect_timeout=10.0))
    session = loop.session()
    session.connect(connect())
    session.dialling()
    loop.pass_time(9.9)
    assert session.state is SessionState.CONNECTING
    loop.pass_time(0.2)
    assert session.state is SessionState.BACKING_OFF
    assert session.report().reason == Cause.NO_CONNACK
    assert loop.tally.untried == 0
    assert loop.tally.lost == 0  # it never was connected


def test_a_second_connect_of_an_open_session_asks_for_nothing() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.connect(connect())
    assert loop.tally.asked == 1


@pytest.mark.parametrize(
    "code",
    [
        ReasonCode.BAD_USER_NAME_OR_PASSWORD,
        ReasonCode.NOT_AUTHORIZED,
        ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
        ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
        ReasonCode.BANNED,
    ],
)
def test_a_refusal_for_good_ends_the_session_and_drops_what_waits(code: ReasonCode) -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    session.publish(message(1), 0.0)
    loop.arrive(session, Greeting(code))
    session.publish(message(2), 0.0)
    reason = reason_name(code)
    assert session.report().state is SessionState.REFUSED
    assert session.report().reason == reason
    assert loop.tally.refused == 1
    assert [(each.id, each.outcome, each.reason) for each in loop.outcomes] == [
        ("m1", Outcome.DROPPED, reason),
        ("m2", Outcome.DROPPED, reason),
    ]


@pytest.mark.parametrize("code", [ReasonCode.SERVER_UNAVAILABLE, ReasonCode.SERVER_BUSY])
def test_a_refusal_that_may_pass_is_tried_again(code: ReasonCode) -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    loop.arrive(session, Greeting(code))
    assert session.state is SessionState.BACKING_OFF
    assert not loop.open
    loop.pass_time(60.0)
    loop.arrive(session)
    assert session.state is SessionState.CONNECTED
    assert (loop.tally.reached, loop.tally.reconnected, loop.tally.lost) == (1, 0, 0)


# Losing and coming back


def test_waits_between_attempts_grow_and_are_drawn_at_random() -> None:
    loop = FakeLoop(DeliveryOptions(backoff_first=1.0, backoff_cap=64.0, connect_timeout=1e6))
    waits: dict[str, list[float]] = {}
    for device in ("d1", "d2", "d3", "d4"):
        session = loop.session(device)
        session.connect(connect(device))
        for _ in range(7):
            session.dialling()
            loop.lose(session, "connection refused")
            waits.setdefault(device, []).append(session.wake_at - loop.now)
            loop.pass_time(1e5)
    for attempt in range(7):
        drawn = [of_device[attempt] for of_device in waits.values()]
        assert max(drawn) <= 2**attempt
        assert len(set(drawn)) == len(drawn)
    assert max(of_device[6] for of_device in waits.values()) > 1.0


def test_a_lost_connection_is_counted_and_comes_back() -> None:
    loop = FakeLoop()
    session = connected(loop)
    loop.lose(session)
    assert (loop.tally.lost, loop.tally.connected) == (1, 0)
    assert session.at_fault
    loop.pass_time(1.0)
    assert loop.dialled == 2
    loop.arrive(session)
    assert (loop.tally.reached, loop.tally.reconnected, loop.tally.connected) == (1, 1, 1)


def test_a_takeover_is_a_lost_connection_with_its_reason() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.dismissed("session taken over")
    assert loop.tally.lost == 1
    assert session.report().reason == "session taken over"
    assert session.state is SessionState.BACKING_OFF


def test_a_device_that_is_let_in_and_refused_every_message_is_reported() -> None:
    loop = FakeLoop()
    session = connected(loop)
    for number, code in ((1, ReasonCode.NOT_AUTHORIZED), (2, ReasonCode.NOT_AUTHORIZED), (3, 0)):
        session.publish(message(number), 0.0)
        loop.take(session)
        session.acknowledged(number, code)
        if number == 2:
            report = session.report()
            assert session.at_fault
            assert (report.reason, report.denied) == ("not authorized (0x87)", 2)
    assert not session.at_fault
    assert session.report().denied == 0


def test_a_device_is_stranded_while_it_has_a_message_and_no_connection_but_will_try_again() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.publish(message(1), 0.0)
    loop.take(session)
    assert not session.stranded
    loop.lose(session)
    assert session.stranded
    loop.pass_time(100.0)
    loop.arrive(session)
    session.acknowledged(1, 0)
    loop.lose(session)
    session.disconnect(disconnect())
    assert not session.stranded
    assert loop.tally.failed == 0


def test_an_attempt_that_fails_is_counted() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    session.dialling()
    loop.lose(session, "connection refused")
    assert (loop.tally.failed, loop.tally.lost) == (1, 0)


def test_two_that_take_over_from_each_other_back_off_further_and_further() -> None:
    loop = FakeLoop(DeliveryOptions(backoff_first=1.0, steady_after=5.0))
    session = connected(loop)
    bounds = []
    for _ in range(5):
        bounds.append(session._attempts._backoff.bound)
        session.dismissed("session taken over")
        loop.pass_time(100.0)
        loop.arrive(session)
    assert bounds == [1.0, 2.0, 4.0, 8.0, 16.0]
    loop.pass_time(5.0)  # it held: the next loss is a new one
    session.dismissed("session taken over")
    assert session._attempts._backoff.bound == 2.0


def test_messages_in_flight_survive_the_connection_and_qos_0_does_not() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.publish(message(1, qos=0), 0.0)
    session.publish(message(2, qos=1), 0.0)
    loop.take(session)
    loop.lose(session)
    assert loop.outcome("m1").outcome is Outcome.LOST
    session.publish(message(3, qos=1), 0.0)
    loop.pass_time(1.0)
    loop.arrive(session)
    assert said(session).said[-3:] == ["CONNECT", "PUBLISH 1 again", "PUBLISH 2"]


def test_subscriptions_are_repeated_unless_the_broker_kept_the_session() -> None:
    for session_present in (False, True):
        loop = FakeLoop()
        session = connected(loop)
        session.subscribe(subscribe("kept"))
        session.subscribed(1, 1)
        session.subscribe(subscribe("unanswered"))
        loop.lose(session)
        session.subscribe(subscribe("new"))
        loop.pass_time(1.0)
        said(session).said.clear()
        loop.arrive(session, Greeting(0, session_present))
        again = ["SUBSCRIBE unanswered", "SUBSCRIBE new"]
        assert said(session).said == ["CONNECT", *([] if session_present else ["SUBSCRIBE kept"]), *again]


def test_a_refused_subscription_is_counted() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.subscribe(subscribe())
    session.subscribed(1, ReasonCode.NOT_AUTHORIZED)
    assert loop.tally.refused_subscriptions == 1


# Keeping alive


def test_a_silent_session_pings_when_its_keep_alive_is_over_and_again_after_that() -> None:
    loop = FakeLoop()
    session = connected(loop, keep_alive=60)
    loop.pass_time(44.0)
    assert said(session).said == []
    loop.pass_time(16.0)
    assert said(session).said == ["PINGREQ"]
    loop.take(session)
    session.ponged()
    loop.pass_time(60.0)
    assert said(session).said == ["PINGREQ", "PINGREQ"]


def test_sessions_that_connect_at_once_do_not_ping_at_once() -> None:
    loop = FakeLoop()
    sessions = [loop.session(f"d{number}") for number in range(200)]
    for session in sessions:
        session.connect(connect(session.device))
        loop.arrive(session)
        session.publish(message(1, qos=0), 0.0)
    confirmations = [session.wake_at for session in sessions]
    assert len(set(confirmations)) == 200
    assert 1.5 <= min(confirmations) < 1.6
    assert 1.9 < max(confirmations) <= 2.0


def test_a_session_that_sends_needs_no_keep_alive() -> None:
    loop = FakeLoop()
    session = connected(loop, keep_alive=10)
    for number in range(5):
        loop.pass_time(6.0)
        session.publish(message(number, qos=1), loop.now)
        loop.take(session)
    assert "PINGREQ" not in said(session).said


def test_keep_alive_0_means_no_pings_and_the_brokers_own_figure_rules() -> None:
    loop = FakeLoop()
    session = connected(loop, keep_alive=0)
    loop.pass_time(1e6)
    assert said(session).said == []
    other = loop.session()
    other.connect(connect(keep_alive=60))
    loop.arrive(other, Greeting(0, keep_alive=5))
    loop.pass_time(5.0)
    assert said(other).said == ["CONNECT", "PINGREQ"]


def test_without_an_answer_to_a_ping_the_connection_is_lost() -> None:
    loop = FakeLoop(DeliveryOptions(ping_timeout=30.0))
    session = connected(loop, keep_alive=60)
    loop.pass_time(60.0)
    loop.pass_time(29.0)
    assert session.state is SessionState.CONNECTED
    loop.pass_time(1.0)
    assert session.report().reason == Cause.NO_PINGRESP
    assert loop.tally.lost == 1


def test_qos_0_messages_are_confirmed_within_the_time_given() -> None:
    loop = FakeLoop(DeliveryOptions(confirm_within=2.0))
    session = connected(loop)
    session.publish(message(1, qos=0), 0.0)
    loop.take(session)
    loop.pass_time(2.0)
    assert said(session).said == ["PUBLISH 0", "PINGREQ"]
    session.ponged()
    assert loop.outcome("m1").outcome is Outcome.RECEIVED


def test_many_qos_0_messages_are_confirmed_before_that_so_that_few_are_in_doubt() -> None:
    loop = FakeLoop(DeliveryOptions(confirm_every=10))
    session = connected(loop)
    for number in range(100):
        session.publish(message(number, qos=0), 0.0)
    assert said(session).said.count("PINGREQ") == 10


# Ending


def test_a_disconnect_waits_until_all_before_it_is_confirmed() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.publish(message(1, qos=1), 0.0)
    session.publish(message(2, qos=0), 0.0)
    session.disconnect(disconnect())
    loop.take(session)
    assert said(session).said == ["PUBLISH 1", "PUBLISH 0", "PINGREQ"]
    session.ponged()
    assert "DISCONNECT" not in said(session).said
    session.acknowledged(1, 0)
    assert said(session).said[-1] == "DISCONNECT"
    loop.lose(session, Cause.CLOSED_BY_BROKER)
    assert session.state is SessionState.ENDED
    assert (loop.tally.lost, loop.tally.connected, loop.tally.open) == (0, 0, 0)
    assert [each.outcome for each in loop.outcomes] == [Outcome.RECEIVED, Outcome.ACKNOWLEDGED]


def test_a_broker_that_does_not_close_after_disconnect_is_not_waited_for_long() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.disconnect(disconnect())
    loop.take(session)
    loop.pass_time(2.0)
    assert session.state is SessionState.ENDED
    assert not loop.open


def test_what_a_device_does_after_a_disconnect_comes_after_it() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.publish(message(1), 0.0)
    session.disconnect(disconnect())
    session.publish(message(2), 0.0)  # between two sessions: nowhere to go
    session.connect(connect())
    session.publish(message(3), 0.0)
    session.disconnect(disconnect())
    loop.take(session)
    session.acknowledged(1, 0)
    loop.take(session)
    loop.lose(session, Cause.CLOSED_BY_BROKER)
    assert loop.outcome("m2").outcome is Outcome.DROPPED
    assert session.state is SessionState.IDLE
    loop.arrive(session)
    assert said(session).said == ["CONNECT", "PUBLISH 2"]
    session.acknowledged(2, 0)
    assert said(session).said[-1] == "DISCONNECT"
    assert (loop.tally.asked, loop.tally.reached) == (2, 2)


def test_a_disconnect_of_a_session_that_is_backing_off_with_nothing_to_say_ends_it() -> None:
    loop = FakeLoop()
    session = connected(loop)
    loop.lose(session, "reset")
    session.disconnect(disconnect())
    assert session.state is SessionState.ENDED
    assert loop.tally.open == 0


def test_a_disconnect_of_a_session_that_is_backing_off_waits_for_what_is_in_flight() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.publish(message(1), 0.0)
    loop.take(session)
    loop.lose(session, "reset")
    session.disconnect(disconnect())
    assert session.state is SessionState.BACKING_OFF
    loop.pass_time(1.0)
    loop.arrive(session)
    session.acknowledged(1, 0)
    assert said(session).said[-1] == "DISCONNECT"


def test_a_drop_loses_what_is_sent_and_drops_what_waits() -> None:
    loop = FakeLoop(DeliveryOptions(window=1))
    session = connected(loop)
    session.publish(message(1), 0.0)
    session.publish(message(2), 0.0)
    session.drop()
    assert not loop.open
    assert "DISCONNECT" not in said(session).said
    assert loop.outcome("m1").outcome is Outcome.LOST  # its bytes were handed over in the last moment
    assert loop.outcome("m2").outcome is Outcome.DROPPED
    assert (session.state, loop.tally.lost) == (SessionState.ENDED, 0)  # it was the device's own doing


def test_a_device_comes_back_after_a_drop_as_a_new_session() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.drop()
    session.connect(connect())
    loop.arrive(session)
    assert session.state is SessionState.CONNECTED
    assert (loop.tally.asked, loop.tally.reached, loop.tally.reconnected) == (2, 2, 0)


def test_giving_up_reports_a_session_that_never_came_as_it_was() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    session.publish(message(1), 0.0)
    session.dialling()
    loop.lose(session, "connection refused")
    session.abandon(Cause.RUN_ENDED)
    report = session.report()
    assert (report.state, report.reason, report.attempts) == (
        SessionState.BACKING_OFF,
        "connection refused",
        1,
    )
    assert loop.outcome("m1").outcome is Outcome.DROPPED
    assert loop.outcome("m1").reason == "connection refused"


def test_a_command_is_passed_on() -> None:
    loop = FakeLoop()
    session = connected(loop)
    session.messaged("d/command", b"{}")
    assert loop.heard == [("d", "d/command", b"{}")]
