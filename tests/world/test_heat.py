"""The heat balance of a fridge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.heat import HIGHEST, LOWEST, Cabinet, ExcursionCause, HeatBalance

STEP = 15.0

deeds = st.lists(
    st.tuples(st.floats(1.0, 2 * HOUR), st.sampled_from(["door", "power"]), st.booleans()), max_size=12
)


def do(heat: HeatBalance, at: float, deed: str, on: bool) -> None:
    if deed == "door":
        heat.set_door(at, opened=on)
    else:
        heat.set_power(at, powered=on)
        heat.set_fault(at, None if on else ExcursionCause.COMPRESSOR_FAILURE)


@settings(max_examples=60, deadline=None)
@given(deeds=deeds)
def test_temperature_is_continuous_whatever_happens(deeds: list[tuple[float, str, bool]]) -> None:
    cabinet = Cabinet()
    heat = HeatBalance(cabinet, 0.0, 4.0)
    fastest = cabinet.cooling + 30.0 / cabinet.door_time
    at, before = 0.0, 4.0
    for wait, deed, on in deeds:
        for _ in range(int(wait / STEP)):
            at += STEP
            now = heat.temperature(at)
            assert abs(now - before) <= fastest * STEP
            before = now
        heat_before = heat.temperature(at)
        do(heat, at, deed, on)
        assert heat.temperature(at) == pytest.approx(heat_before, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(deeds=deeds, questions=st.lists(st.floats(0.0, 1.0), max_size=20))
def test_asking_changes_no_answer(deeds: list[tuple[float, str, bool]], questions: list[float]) -> None:
    asked, unasked = (HeatBalance(Cabinet(first_defrost=500.0), 0.0, 4.0) for _ in range(2))
    at = 0.0
    for wait, deed, on in deeds:
        for share in sorted(questions):
            asked.temperature(at + share * wait)
        at += wait
        do(asked, at, deed, on)
        do(unasked, at, deed, on)
    assert asked.temperature(at + HOUR) == unasked.temperature(at + HOUR)


@settings(max_examples=60, deadline=None)
@given(deeds=deeds)
def test_it_gets_warmer_than_the_thermostat_wants_only_for_a_reason(
    deeds: list[tuple[float, str, bool]],
) -> None:
    cabinet = Cabinet()
    heat = HeatBalance(cabinet, 0.0, 4.0)
    at, before, opened, powered = 0.0, 4.0, False, True
    for wait, deed, on in deeds:
        for _ in range(int(wait / STEP)):
            at += STEP
            now = heat.temperature(at)
            defrosted = at % cabinet.defrost_every < cabinet.defrost_for + STEP
            if now > cabinet.on_above + 1e-6 and now > before:
                assert opened or defrosted or not powered
            assert (heat.excursion(at) is None) == (LOWEST <= now <= HIGHEST)
            before = now
        do(heat, at, deed, on)
        opened, powered = (on, powered) if deed == "door" else (opened, on)


def test_undisturbed_it_cycles_between_the_thermostats_limits() -> None:
    cabinet = Cabinet(defrost_for=0.0)
    heat = HeatBalance(cabinet, 0.0, 4.0)
    seen = [heat.temperature(minute * MINUTE) for minute in range(24 * 60)]
    running = [heat.compressing(DAY + minute * MINUTE) for minute in range(24 * 60)]
    assert cabinet.off_below == pytest.approx(min(seen), abs=0.15)
    assert cabinet.on_above == pytest.approx(max(seen), abs=0.15)
    assert 0.3 < sum(running) / len(running) < 0.55


def test_a_failed_compressor_drives_it_out_of_the_band_and_repair_brings_it_back() -> None:
    heat = HeatBalance(Cabinet(), 0.0, 4.0)
    do(heat, HOUR, "power", on=False)
    assert heat.temperature(HOUR + 5 * MINUTE) < HIGHEST
    assert heat.temperature(5 * HOUR) > 12.0
    assert heat.excursion(5 * HOUR) is ExcursionCause.COMPRESSOR_FAILURE
    do(heat, 5 * HOUR, "power", on=True)
    assert heat.excursion(5 * HOUR + 10 * MINUTE) is ExcursionCause.COMPRESSOR_FAILURE, "still recovering"
    assert heat.temperature(7 * HOUR) < HIGHEST
    assert heat.excursion(7 * HOUR) is None


def test_an_open_door_is_to_blame_for_the_warmth_that_it_lets_in() -> None:
    heat = HeatBalance(Cabinet(), 0.0, 4.0)
    do(heat, HOUR, "door", on=True)
    do(heat, HOUR + 20 * MINUTE, "door", on=False)
    assert heat.excursion(HOUR + 21 * MINUTE) is ExcursionCause.DOOR_OPENINGS


def test_the_past_is_not_kept() -> None:
    heat = HeatBalance(Cabinet(), 0.0, 4.0)
    do(heat, HOUR, "door", on=True)
    with pytest.raises(ValueError, match="not kept"):
        heat.temperature(HOUR - 1)
