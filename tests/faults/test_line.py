"""Several faults of one device at a time: each keeps to itself."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.actions import Action, Command, Connect, Drop, Freeze, Publish, Thaw
from simulator.core.readings import Reading
from simulator.core.records import Expectation, MessageTruth
from simulator.core.steps import Step
from simulator.faults import Ends, Line, Window


class Bench:
    """A line with nothing at its ends but lists."""

    def __init__(self) -> None:
        self.env = simpy.Environment()
        self.steps: list[Step] = []
        self.orders: list[Command] = []
        ends = Ends(self._number, self.steps.append, self._opening, self._obey)
        self.line = Line(self.env, "d", ends)

    def _number(self, reading: Reading) -> None:
        now = float(self.env.now)
        publish = Publish(now, "d", reading.event, "k", reading.event, "t", b"", 1)
        truth = MessageTruth(
            reading.event, now, reading.at, "d", "k", reading.event, "t", 1, False, 0,
            None, None, None, None, (), None, Expectation.ALLOW, None,
        )  # fmt: skip
        self.line.send((publish, truth))

    @staticmethod
    def _opening(at: float, backoff: bool) -> list[Step]:
        return [(Connect(at, "d", 60, clean=True, backoff=backoff), None)]

    def _obey(self, command: Command) -> bool:
        self.orders.append(command)
        return True

    def observe(self, name: str, at: float | None = None) -> None:
        self.line.observe(Reading(float(self.env.now) if at is None else at, name, {}))

    def for_a_time(self, fault: AbstractContextManager[None], start: float, end: float) -> None:
        def process() -> simpy.events.ProcessGenerator:
            yield self.env.timeout(start)
            with fault:
                yield self.env.timeout(end - start)

        self.env.process(process())

    def observe_at(self, *times: float) -> None:
        def process(at: float) -> simpy.events.ProcessGenerator:
            yield self.env.timeout(at)
            self.observe(f"m{at:g}")

        for at in times:
            self.env.process(process(at))

    @property
    def did(self) -> list[tuple[type[Action], float]]:
        return [(type(action), action.at) for action, _ in self.steps if not isinstance(action, Publish)]

    @property
    def sent(self) -> dict[str, tuple[float, str | None]]:
        return {truth.id: (truth.at, truth.fault) for _, truth in self.steps if truth is not None}


def test_the_power_is_back_when_the_last_fault_gives_it_back() -> None:
    bench = Bench()
    bench.for_a_time(bench.line.power_off("a", Window(10, 30)), 10, 30)
    bench.for_a_time(bench.line.power_off("b", Window(20, 50)), 20, 50)
    bench.observe_at(5, 15, 25, 40, 55)
    bench.env.run()
    assert bench.did == [(Drop, 10), (Connect, 50)]
    assert bench.sent == {"m5": (5, None), "m55": (55, None)}


def test_a_power_cut_out_of_coverage_breaks_the_connection_and_it_comes_back_with_the_coverage() -> None:
    bench = Bench()
    bench.for_a_time(bench.line.freeze(), 10, 50)
    bench.for_a_time(bench.line.power_off("cut", Window(20, 30)), 20, 30)
    bench.env.run()
    assert bench.did == [(Freeze, 10), (Drop, 20), (Connect, 50)]


def test_a_coverage_that_is_back_before_the_power_is_no_use() -> None:
    bench = Bench()
    bench.for_a_time(bench.line.hold("far"), 10, 30)
    bench.for_a_time(bench.line.freeze(), 10, 30)
    bench.for_a_time(bench.line.power_off("cut", Window(20, 50)), 20, 50)
    bench.observe_at(15, 25)
    bench.env.run()
    assert bench.did == [(Freeze, 10), (Drop, 20), (Connect, 50)]
    assert bench.sent == {"m15": (50, "far")}  # m25 was never observed


def test_two_losses_of_coverage_are_one_as_long_as_they_overlap() -> None:
    bench = Bench()
    for label, start, end in (("a", 10, 30), ("b", 20, 40)):
        bench.for_a_time(bench.line.hold(label), start, end)
        bench.for_a_time(bench.line.freeze(), start, end)
    bench.observe_at(15, 25, 35, 45)
    bench.env.run()
    assert bench.did == [(Freeze, 10), (Thaw, 40)]
    assert bench.sent == {"m15": (40, "a"), "m25": (40, "a+b"), "m35": (40, "b"), "m45": (45, None)}


def test_a_device_that_does_not_read_can_lose_its_coverage_too() -> None:
    bench = Bench()
    bench.for_a_time(bench.line.deafen(), 10, 50)
    bench.for_a_time(bench.line.freeze(), 20, 30)
    bench.env.run()
    assert bench.did == [(Freeze, 10), (Freeze, 20), (Freeze, 30), (Thaw, 50)]
    writing = [action.writing for action, _ in bench.steps if isinstance(action, Freeze)]
    assert writing == [True, False, True]


def test_what_the_dead_have_stored_is_lost() -> None:
    bench = Bench()
    bench.for_a_time(bench.line.power_off("dead", Window(10)), 10, 1e9)
    bench.env.run(until=20)
    bench.observe("stored", at=5)
    bench.env.run(until=100)
    assert bench.sent == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(["power", "freeze", "deafen"]), st.integers(0, 50), st.integers(1, 50)),
        max_size=6,
    )
)
def test_whatever_overlaps_the_session_is_open_in_the_end(faults: list[tuple[str, int, int]]) -> None:
    """Connections are opened only when closed, thawed only when frozen, and all is well when all is over."""
    bench = Bench()
    line = bench.line
    for kind, start, length in faults:
        window = Window(start, start + length)
        fault = {
            "power": lambda w=window: line.power_off("p", w),
            "freeze": line.freeze,
            "deafen": line.deafen,
        }
        bench.for_a_time(fault[kind](), start, start + length)
    bench.env.run()
    state = "open"
    for action, _ in bench.steps:
        match action:
            case Drop():
                assert state != "closed"
                state = "closed"
            case Connect():
                assert state == "closed"
                state = "open"
            case Freeze():
                assert state != "closed"
                state = "frozen"
            case Thaw():
                assert state == "frozen"
                state = "open"
    assert state == "open"


@pytest.mark.parametrize("until", [30.0, float("inf")])
def test_waiting_for_what_never_comes_takes_forever(until: float) -> None:
    bench = Bench()
    event = bench.line.wait(until)
    bench.env.run(until=100)
    assert event.processed == (until < 100)
