"""What a session tells of itself: a history that begins, alternates and ends as sessions do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mqtt_fakes import FakeLoop, connect, disconnect

from simulator.core.records import SessionMoment
from simulator.mqtt.codec import ReasonCode
from simulator.mqtt.counts import SessionState
from simulator.mqtt.link import Greeting
from simulator.mqtt.options import DeliveryOptions
from simulator.mqtt.reasons import Cause, reason_name
from simulator.mqtt.session import Session

CONNECTING, CONNECTED, REFUSED, DROPPED, BACKING_OFF, ENDED = SessionMoment

MAY_FOLLOW = {
    CONNECTING: {CONNECTED, REFUSED, BACKING_OFF, ENDED},
    CONNECTED: {DROPPED, REFUSED, ENDED},
    REFUSED: {BACKING_OFF, CONNECTING},
    DROPPED: {BACKING_OFF, ENDED},
    BACKING_OFF: {CONNECTING, ENDED},
    ENDED: {CONNECTING},
}


def states(loop: FakeLoop) -> list[SessionMoment]:
    return [state for _, state, _ in loop.history]


def fail_to_connect(loop: FakeLoop, session: Session) -> None:
    """Let one attempt fail and wait until the next one is asked for."""
    session.dialling()
    loop.lose(session, "refused")
    loop.pass_time(loop.options.backoff_cap)


def test_a_life_from_connect_to_disconnect() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    loop.now = 2.0
    loop.arrive(session)
    loop.now = 5.0
    session.disconnect(disconnect())
    loop.take(session)
    loop.lose(session)
    assert loop.history == [(0.0, CONNECTING, None), (2.0, CONNECTED, None), (5.0, ENDED, None)]


def test_a_broken_connection_is_dropped_backs_off_and_comes_back() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    loop.arrive(session)
    loop.lose(session, "reset")
    loop.pass_time(loop.options.backoff_cap)
    loop.arrive(session)
    session.abandon(Cause.RUN_ENDED)
    assert states(loop) == [
        *(CONNECTING, CONNECTED, DROPPED, BACKING_OFF),
        *(CONNECTING, CONNECTED, DROPPED, ENDED),
    ]
    assert [reason for *_, reason in loop.history if reason] == ["reset", "reset", *[Cause.RUN_ENDED] * 2]


@pytest.mark.parametrize(
    ("code", "after"), [(ReasonCode.NOT_AUTHORIZED, []), (ReasonCode.SERVER_BUSY, [BACKING_OFF])]
)
def test_a_refusal_says_its_reason_and_goes_on_only_if_it_may_pass(
    code: ReasonCode, after: list[SessionMoment]
) -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    loop.arrive(session, Greeting(code))
    assert states(loop) == [CONNECTING, REFUSED, *after]
    assert loop.history[1][2] == reason_name(code)


def test_a_power_cut_drops_the_connection_and_ends_the_session() -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    loop.arrive(session)
    session.drop()
    assert loop.history[2:] == [(0.0, DROPPED, Cause.DROPPED), (0.0, ENDED, Cause.DROPPED)]


@pytest.mark.parametrize(
    ("greeting", "last"), [(Greeting(0), CONNECTED), (Greeting(ReasonCode.BANNED), REFUSED)]
)
def test_a_storm_of_failed_attempts_is_told_up_to_a_hundred_and_how_it_ended(
    greeting: Greeting, last: SessionMoment
) -> None:
    loop = FakeLoop()
    session = loop.session()
    session.connect(connect())
    for _ in range(500):
        fail_to_connect(loop, session)
    assert len(loop.history) == 202
    loop.arrive(session, greeting)
    assert states(loop)[201:] == [BACKING_OFF, CONNECTING, last]


STEPS = st.sampled_from(
    ["arrive", "refuse", "ban", "dial", "lose", "wait", "connect", "disconnect", "drop", "taken"]
)


@given(st.lists(STEPS, max_size=60))
def test_whatever_happens_the_history_begins_alternates_and_ends(steps: list[str]) -> None:
    loop = FakeLoop(DeliveryOptions(backoff_cap=2.0))
    session = loop.session()
    session.connect(connect())
    for step in steps:
        take(step, loop, session)
    session.abandon(Cause.RUN_ENDED)
    history = states(loop)
    assert history[0] is CONNECTING
    assert all(after in MAY_FOLLOW[before] for before, after in pairwise(history)), history
    assert history[-1] in {ENDED, REFUSED}
    assert [at for at, *_ in loop.history] == sorted(at for at, *_ in loop.history)
    assert history.count(CONNECTED) == loop.tally.reached + loop.tally.reconnected


def take(step: str, loop: FakeLoop, session: Session) -> None:
    """Let one thing happen to a session, if it can where the session is."""
    on_the_wire = session.state in (SessionState.CONNECTING, SessionState.CONNECTED)
    idle = session.state is SessionState.IDLE
    match step:
        case "arrive" if idle:
            loop.arrive(session)
        case "refuse" if idle:
            loop.arrive(session, Greeting(ReasonCode.SERVER_BUSY))
        case "ban" if idle:
            loop.arrive(session, Greeting(ReasonCode.BANNED))
        case "dial" if idle:
            session.dialling()
        case "lose" if on_the_wire:
            loop.lose(session)
        case "wait":
            loop.pass_time(3.0)
        case "connect":
            session.connect(connect())
        case "disconnect":
            session.disconnect(disconnect())
        case "drop":
            session.drop()
        case "taken" if on_the_wire:
            loop.take(session)
