"""The agenda: whatever a model does, it happens as in SimPy's own environment."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st
from simpy.core import EmptySchedule

from simulator.world.agenda import SLOT, Agenda

DELAYS = st.sampled_from([0.0, 0.5, 1.0, SLOT - 1.0, SLOT, 100.0, 5 * SLOT, 1e6, math.inf])
DEEDS = st.one_of(
    st.tuples(st.just("sleep"), DELAYS),
    st.tuples(st.just("share"), DELAYS),
    st.tuples(st.just("either"), DELAYS),
    st.tuples(st.just("both"), DELAYS),
    st.tuples(st.just("wait"), st.integers(0, 2)),
    st.tuples(st.just("tell"), st.integers(0, 2)),
    st.tuples(st.just("interrupt"), st.integers(0, 3)),
    st.tuples(st.just("join"), st.integers(0, 3)),
    st.tuples(st.just("fork"), DELAYS),
    st.tuples(st.just("fail"), st.just(0)),
)
LIVES = st.lists(st.lists(DEEDS, max_size=6), min_size=1, max_size=4)

Log = list[tuple[float, int, str]]


class Model:
    """Processes that sleep, share timeouts, signal, interrupt, wait for each other, fork and fail."""

    def __init__(self, env: simpy.Environment, lives: list[list[tuple[str, Any]]]) -> None:
        self.env = env
        self.log: Log = []
        self.signals = [env.event() for _ in range(3)]
        self.shared: simpy.Event | None = None
        self.processes = [env.process(self.live(number, deeds)) for number, deeds in enumerate(lives)]

    def live(self, number: int, deeds: list[tuple[str, Any]]) -> Iterator[Any]:
        for deed, what in deeds:
            try:
                yield from self.do(number, deed, what)
            except (simpy.Interrupt, ZeroDivisionError) as error:
                self.note(number, repr(error))
            self.note(number, deed)

    def do(self, number: int, deed: str, what: Any) -> Iterator[Any]:
        env = self.env
        if deed == "sleep":
            yield env.timeout(what)
        elif deed == "share":
            if self.shared is None:
                self.shared = env.timeout(what)
                self.shared.callbacks.append(lambda _: self.note(number, "rung"))
            yield self.shared
        elif deed == "either":
            yield env.timeout(what) | self.signals[0]
        elif deed == "both":
            yield env.timeout(what) & env.timeout(3.0)
        elif deed == "wait":
            yield self.signals[what]
        elif deed == "tell" and not self.signals[what].triggered:
            self.signals[what].succeed()
        elif deed in ("interrupt", "join"):
            other = self.processes[what % len(self.processes)]
            if other.is_alive and other is not env.active_process:
                if deed == "join":
                    yield other
                else:
                    other.interrupt("you")
        elif deed == "fork":
            yield env.process(self.live(number + 10, [("sleep", what), ("fail", 0)]))
        elif deed == "fail":
            yield env.process(self.fail(number))

    def fail(self, number: int) -> Iterator[Any]:
        yield self.env.timeout(1.0)
        raise ZeroDivisionError(number)

    def note(self, number: int, what: str) -> None:
        self.log.append((self.env.now, number, what))


def stepped(env: simpy.Environment, end: float) -> None:
    while env.peek() < end:
        env.step()


def in_moments(env: simpy.Environment, end: float) -> None:
    assert isinstance(env, Agenda)
    before = -math.inf
    for events in env.moments(end):
        assert events > 0
        assert env.now >= before
        before = env.now


def told(
    env: simpy.Environment,
    lives: list[list[tuple[str, Any]]],
    drive: Callable[[simpy.Environment, float], None],
) -> Log:
    model = Model(env, lives)
    try:
        drive(env, 2e6)
    except ZeroDivisionError as crash:
        model.note(-1, repr(crash))
    return model.log


@pytest.mark.parametrize("drive", [stepped, in_moments])
@given(lives=LIVES, start=st.sampled_from([0.0, -37.5]))
def test_the_same_things_happen_in_the_same_order(
    drive: Callable[[simpy.Environment, float], None], lives: list[list[tuple[str, Any]]], start: float
) -> None:
    assert told(Agenda(start), lives, drive) == told(simpy.Environment(start), lives, stepped)


def test_a_failure_that_nobody_expects_ends_the_run() -> None:
    env = Agenda()
    Model(env, [[("sleep", 3.0)]])
    env.process(Model(env, []).fail(1))
    with pytest.raises(ZeroDivisionError):
        in_moments(env, 10.0)


def test_an_empty_agenda_says_so() -> None:
    env = Agenda()
    assert env.peek() == math.inf
    with pytest.raises(EmptySchedule):
        env.step()


def test_a_negative_delay_is_refused() -> None:
    with pytest.raises(ValueError, match="Negative delay -1"):
        Agenda().timeout(-1)


def test_a_timeout_can_carry_a_value() -> None:
    env = Agenda()
    got = []

    def ask() -> Iterator[Any]:
        got.append((yield env.timeout(2.0, "answer")))

    env.process(ask())  # type: ignore[arg-type]
    env.run(until=5.0)
    assert (got, env.now) == (["answer"], 5.0)
