"""Doors and faults of a fridge."""

from __future__ import annotations

import math

import pytest
import simpy
from corner_shop import CornerShop

from simulator.core.ageing import Ageing
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR
from simulator.world.fridge import DoorCause, Fridge, FridgeChange, FridgeEvent
from simulator.world.fridge_kind import FridgeKind
from simulator.world.heat import HIGHEST, LOWEST, ExcursionCause
from simulator.world.indoors import Indoors


def fridge_with_log(env: simpy.Environment, seed: int = 1) -> tuple[Fridge, list[FridgeEvent]]:
    fridge = Fridge(env, "n0-s0-fridge0", Seeds(seed).draws("fridge"))
    log: list[FridgeEvent] = []
    fridge.observers.append(log.append)
    return fridge, log


def test_the_door_is_open_as_long_as_anybody_holds_it() -> None:
    env = simpy.Environment()
    fridge, log = fridge_with_log(env)
    fridge.open_door(10.0, DoorCause.STAFF)
    env.run(until=5.0)
    fridge.open_door(20.0, DoorCause.STAFF)
    env.run(until=24.0)
    assert fridge.door_open
    env.run(until=100.0)
    assert not fridge.door_open
    assert [(event.at, event.change) for event in log] == [
        (0.0, FridgeChange.DOOR_OPENED),
        (25.0, FridgeChange.DOOR_CLOSED),
    ]


def test_now_and_then_a_shopper_leaves_the_door_open_and_that_is_labelled() -> None:
    env = simpy.Environment()
    fridge, log = fridge_with_log(env)

    def shoppers() -> simpy.events.ProcessGenerator:
        for number in range(1500):
            fridge.open_door(8.0, DoorCause.SHOPPER, f"p{number}", f"visit{number}")
            yield env.timeout(2 * HOUR)

    env.process(shoppers())
    env.run()
    faults = [event for event in log if event.fault is ExcursionCause.DOOR_LEFT_OPEN]
    began = [event.at for event in faults if event.change is FridgeChange.FAULT_BEGAN]
    ended = [event.at for event in faults if event.change is FridgeChange.FAULT_ENDED]
    assert 1 <= len(began) <= 15
    assert len(began) == len(ended)
    assert all(start + 60 < end for start, end in zip(began, ended, strict=True))
    assert not fridge.door_open
    assert fridge.fault is None


def test_a_broken_motor_stops_its_fridge_until_it_is_replaced() -> None:
    corner = CornerShop(shelves=120, ageing=Ageing.ACCELERATED)
    fridge, motor = corner.shop.fridges[0], corner.shop.motors[0]
    corner.env.run(until=motor.remaining_life(0.0) + 60.0)
    assert motor.failed
    assert not motor.running(corner.env.now)
    assert fridge.fault is ExcursionCause.COMPRESSOR_FAILURE
    while motor.failed:
        corner.env.step()
    assert fridge.fault is None
    corner.env.run(until=corner.env.now + 4 * HOUR)
    assert LOWEST <= fridge.temperature(corner.env.now) <= HIGHEST


def test_a_thermostat_that_sticks_makes_it_freeze_until_somebody_sees_it() -> None:
    env = simpy.Environment()
    fridge, log = fridge_with_log(env)
    env.process(fridge.run())
    while fridge.fault is None:
        env.step()
    began = env.now
    env.run(until=began + HOUR)
    if fridge.fault is not None:
        assert fridge.temperature(env.now) < LOWEST
        assert fridge.excursion(env.now) is ExcursionCause.STUCK_THERMOSTAT
        assert fridge.compressing(env.now)
    while fridge.fault is not None:
        env.step()
    env.run(until=env.now + 6 * HOUR)
    assert LOWEST <= fridge.temperature(env.now) <= HIGHEST
    assert [event.change for event in log] == [FridgeChange.FAULT_BEGAN, FridgeChange.FAULT_ENDED]


class Summer:
    """Days of 20 to 40 °C."""

    def temperature(self, at: float) -> float:
        return 30.0 - 10.0 * math.cos(math.tau * at / DAY)


def test_a_fridge_works_harder_on_a_hot_day() -> None:
    def joules(outdoors: Summer | None) -> float:
        env = simpy.Environment()
        fridge = Fridge(env, "n0-s0-fridge0", Seeds(1).draws("fridge"), Indoors(outdoors))
        env.run(until=5 * DAY)
        return fridge.meter(env.now).joules

    assert 1.02 < joules(Summer()) / joules(None) < 1.2


def test_the_meter_counts_a_few_kilowatt_hours_a_day() -> None:
    """Energy Star (2022) lists display fridges of 400 l at 2 to 4 kWh a day."""
    for kind in FridgeKind:
        env = simpy.Environment()
        fridge = Fridge(env, "n0-s0-fridge0", Seeds(1).draws("fridge"), kind=kind)
        env.run(until=10 * DAY)
        meter = fridge.meter(env.now)
        assert 1.5 < meter.joules / 3.6e6 / 10 < 4.0
        assert 0.25 < meter.compressor_seconds / env.now < 0.6
        assert 0.005 < meter.defrost_seconds / env.now < 0.1


@pytest.mark.parametrize(
    ("kind", "share"),
    [(FridgeKind.COMBINED, 0.989), (FridgeKind.STANDALONE, 0.994), (FridgeKind.PURPOSE_BUILT, 0.999)],
)
def test_each_kind_of_fridge_is_in_its_band_as_often_as_in_clinics(kind: FridgeKind, share: float) -> None:
    """Leidner et al., Vaccine 2020."""
    env = simpy.Environment()
    fridges = [Fridge(env, f"fridge{n}", Seeds(n).draws("fridge"), kind=kind) for n in range(40)]

    def shoppers(fridge: Fridge) -> simpy.events.ProcessGenerator:
        draws = Seeds(1).draws("shoppers", fridge.id)
        while True:
            yield env.timeout(draws.exponential(HOUR))
            if 7 * HOUR <= env.now % DAY < 21 * HOUR:
                fridge.open_door(draws.lognormal(7.0, 0.4), DoorCause.SHOPPER)

    for fridge in fridges:
        env.process(fridge.run())
        env.process(shoppers(fridge))
    inside = []
    for moment in range(1, 60 * 48):
        env.run(until=moment * DAY / 48)
        for fridge in fridges:
            within = LOWEST <= fridge.temperature(env.now) <= HIGHEST
            assert within == (fridge.excursion(env.now) is None), "each excursion has a cause"
            inside.append(within)
    assert sum(inside) / len(inside) == pytest.approx(share, abs=0.004)
