"""Wear, vibration and the end of a motor."""

from __future__ import annotations

import pytest
import simpy
from corner_shop import CornerShop
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.core.seeds import Seeds
from simulator.core.units import DAY
from simulator.world.motor import Duty, Motor, MotorChange, MotorEvent


def motor_with_log(seed: int, always: bool = True) -> tuple[simpy.Environment, Motor, list[MotorEvent]]:
    env = simpy.Environment()
    motor = Motor(env, "n0-s0-motor0", Duty(0.5, lambda _: always), Seeds(seed).draws("motor"))
    log: list[MotorEvent] = []
    motor.observers.append(log.append)
    env.process(motor.run())
    return env, motor, log


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_wear_and_vibration_only_rise_until_the_motor_fails_and_is_replaced(seed: int) -> None:
    env, motor, log = motor_with_log(seed)
    end = motor.remaining_life(0.0)
    wears, vibrations = [], []
    for hundredth in range(100):
        env.run(until=max(hundredth * end / 100, 1e-6))
        wears.append(motor.wear(env.now))
        vibrations.append(motor.vibration(env.now))
        assert motor.remaining_life(env.now) == pytest.approx(end - env.now)
    assert wears == sorted(wears)
    assert vibrations == sorted(vibrations)
    assert 0.0 <= wears[0] <= wears[-1] < 1.0
    env.run(until=end + 1)
    assert motor.failed
    assert motor.wear(env.now) == 1.0
    assert motor.remaining_life(env.now) == 0.0
    assert motor.vibration(env.now) == 0.0
    while motor.failed:
        env.step()
    assert motor.wear(env.now) == 0.0
    assert motor.remaining_life(env.now) > DAY
    assert [event.change for event in log] == [MotorChange.FAILED, MotorChange.REPLACED]


def test_wear_accelerates() -> None:
    early = late = 0.0
    for seed in range(20):
        env, motor, _ = motor_with_log(seed)
        env.run(until=motor.remaining_life(0.0) + 1)
        while motor.failed:
            env.step()
        installed, life = env.now, motor.remaining_life(env.now)
        early += motor.wear(installed + life / 2)
        late += 1.0 - motor.wear(installed + life / 2)
    assert late > 3 * early


def test_a_resting_motor_does_not_vibrate() -> None:
    env, motor, _ = motor_with_log(seed=1, always=False)
    assert not motor.running(env.now)
    assert motor.vibration(env.now) == 0.0


def test_vibration_at_the_end_is_far_into_the_zone_of_damage() -> None:
    env, motor, _ = motor_with_log(seed=1)
    env.run(until=motor.remaining_life(0.0) * 0.9999)
    assert 4.5 < motor.vibration(env.now) < 20.0


def test_compressors_run_with_their_fridges_and_belts_while_the_shop_is_open() -> None:
    corner = CornerShop(shelves=120)
    compressors = len(corner.shop.fridges)
    belts_seen = set()
    for quarter in range(1, 4 * 24):
        now = quarter * 900.0
        corner.env.run(until=now)
        for motor, fridge in zip(corner.shop.motors, corner.shop.fridges, strict=False):
            assert motor.running(now) == (fridge.compressing(now) and not motor.failed)
        for belt in corner.shop.motors[compressors:]:
            if belt.running(now):
                belts_seen.add(belt.id)
                assert corner.shop.is_open(now)
    assert len(belts_seen) == len(corner.shop.motors) - compressors
