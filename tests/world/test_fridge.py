"""Doors and faults of a fridge."""

from __future__ import annotations

import simpy
from corner_shop import CornerShop

from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR
from simulator.world.fridge import DoorCause, Fridge, FridgeChange, FridgeEvent
from simulator.world.heat import HIGHEST, LOWEST, ExcursionCause


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
    corner = CornerShop(shelves=120)
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


def test_fridges_are_in_their_band_nearly_always_and_else_the_cause_is_known() -> None:
    """Leidner et al., Vaccine 2020: 98.9 % of the time, all kinds of fridges together."""
    corner = CornerShop(seed=5, shelves=160, visits_a_day=35)
    seen = inside = 0
    for moment in range(1, 60 * 48):
        now = moment * DAY / 48
        corner.env.run(until=now)
        for fridge in corner.shop.fridges:
            seen += 1
            inside += LOWEST <= fridge.temperature(now) <= HIGHEST
            assert (fridge.excursion(now) is None) == (LOWEST <= fridge.temperature(now) <= HIGHEST)
    assert 0.985 < inside / seen < 0.995
