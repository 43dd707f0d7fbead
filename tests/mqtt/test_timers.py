from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from simulator.mqtt.timers import Timers


class Sleeper:
    def __init__(self) -> None:
        self.alarms: list[float] = []
        self.wake_at = math.inf


def test_nothing_to_wait_for_waits_as_long_as_it_may() -> None:
    assert Timers[Sleeper]().wait(5.0, 0.25) == 0.25


def test_waits_until_the_earliest_alarm_and_never_less_than_nothing() -> None:
    timers: Timers[Sleeper] = Timers()
    timers.wake(Sleeper(), 7.0)
    timers.wake(Sleeper(), 6.0)
    assert timers.wait(5.0, 10.0) == 1.0
    assert timers.wait(9.0, 10.0) == 0.0


def test_a_later_alarm_costs_no_entry() -> None:
    timers: Timers[Sleeper] = Timers()
    sleeper = Sleeper()
    for later in range(1_000):
        timers.wake(sleeper, 10.0 + later)
    assert sleeper.alarms == [10.0]


@given(st.lists(st.one_of(st.floats(0, 100).map(lambda at: ("wake", at)), st.just(("pass", 5.0)))))
def test_no_sleeper_is_woken_late(steps: list[tuple[str, float]]) -> None:
    """A sleeper that asks again whenever it is woken too early is never woken after its time."""
    timers: Timers[Sleeper] = Timers()
    sleeper = Sleeper()
    now, wanted = 0.0, math.inf
    for step, value in steps:
        if step == "wake":
            wanted = now + value
            timers.wake(sleeper, wanted)
        else:
            now += value
            for woken in timers.due(now):
                if wanted > now:
                    timers.wake(woken, wanted)
                else:
                    wanted = math.inf
            assert wanted > now
        assert sleeper.wake_at <= wanted
        assert sleeper.alarms == sorted(sleeper.alarms, reverse=True)
