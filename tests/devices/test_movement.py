"""How much a wrist moves."""

from __future__ import annotations

from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.seeds import Seeds
from simulator.devices.wearable.movement import ASLEEP, movement


def moved(cadence: float, *, asleep: bool = False) -> list[float]:
    draws = Seeds(1).draws("movement", "watch")
    return [movement(cadence, asleep, draws) for _ in range(400)]


def test_a_sleeper_hardly_moves() -> None:
    assert median(moved(0.0, asleep=True)) == pytest.approx(ASLEEP[0], rel=0.1)
    assert max(moved(0.0, asleep=True)) < min(moved(20.0))


def test_a_walk_and_a_run_move_as_much_as_they_do() -> None:
    """Hildebrand 2014."""
    assert mean(moved(100.0)) == pytest.approx(155, abs=20)
    assert 230 < mean(moved(160.0)) < 330


@given(slow=st.floats(0, 160), more=st.floats(1, 40))
def test_the_faster_the_more(slow: float, more: float) -> None:
    assert mean(moved(slow + more)) > mean(moved(slow))
