"""What every device does: wait for its next report, and obey."""

from __future__ import annotations

from typing import Any

import pytest
from hand_driven import HandDrivenTown

from simulator.core.actions import Command
from simulator.core.options import DeviceOptions
from simulator.devices import Device, Process


class Clock(Device[DeviceOptions]):
    """Reports the time regularly."""

    report_interval = 100.0

    def about(self) -> dict[str, str | None]:
        return {"household": "n0-h0"}

    def run(self) -> Process:
        while True:
            yield self.pause()
            self.emit("tick", {"now": self.env.now})


@pytest.fixture
def town() -> HandDrivenTown:
    return HandDrivenTown()


@pytest.fixture
def clock(town: HandDrivenTown) -> Clock:
    device = Clock(town.habitat("clock"), DeviceOptions(kind="clock"))
    town.start(device)
    return device


def ticks(town: HandDrivenTown, until: float) -> list[float]:
    town.env.run(until)
    return [reading.at for reading in town.readings["clock"] if reading.event == "tick"]


def test_a_device_reports_once_in_each_interval(town: HandDrivenTown, clock: Clock) -> None:
    assert ticks(town, 350) == [100, 200, 300]


@pytest.mark.parametrize(
    ("at", "interval", "expected"),
    [
        (150, 30, [100, 150, 180, 210]),
        (110, 30, [100, 130, 160, 190]),
        (150, 120, [100, 220]),
        (100, 50, [100, 150, 200]),
    ],
)
def test_a_changed_interval_counts_at_once_from_the_last_report(
    town: HandDrivenTown, clock: Clock, at: float, interval: float, expected: list[float]
) -> None:
    town.at(at, lambda: clock.obey(Command("report_interval", interval)))
    assert ticks(town, 221)[: len(expected)] == expected


def test_several_changes_at_one_moment_leave_the_last_one(town: HandDrivenTown, clock: Clock) -> None:
    def change() -> None:
        for seconds in (10, 500, 60):
            assert clock.obey(Command("report_interval", seconds))

    town.at(50, change)
    assert ticks(town, 190) == [60, 120, 180]


@pytest.mark.parametrize("value", [0, 0.5, -3, 1e9, float("nan"), True, "60", None, [60]])
def test_an_absurd_interval_is_refused(town: HandDrivenTown, clock: Clock, value: Any) -> None:
    assert not clock.obey(Command("report_interval", value))
    assert ticks(town, 250) == [100, 200]


def test_new_firmware_is_announced(town: HandDrivenTown, clock: Clock) -> None:
    assert clock.obey(Command("firmware", "2.1.0"))
    [announced] = town.readings["clock"]
    assert (announced.event, announced.values) == ("firmware", {"version": "2.1.0"})
    assert announced.household == "n0-h0"
    assert clock.firmware == "2.1.0"


@pytest.mark.parametrize("value", ["", "9" * 33, 2, None])
def test_absurd_firmware_is_refused(town: HandDrivenTown, clock: Clock, value: Any) -> None:
    assert not clock.obey(Command("firmware", value))
    assert town.readings["clock"] == []


def test_an_unknown_command_is_refused(clock: Clock) -> None:
    assert not clock.obey(Command("dance"))
