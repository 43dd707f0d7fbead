"""RFID reads miss what published field tests missed."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.core.seeds import Seeds
from simulator.devices.inventory_sensor.rfid import miss_chance, missed


@pytest.mark.parametrize(("items", "rate", "tolerance"), [(97, 0.9938, 0.005), (180, 0.8989, 0.02)])
def test_read_rates_are_those_of_the_field_test(items: int, rate: float, tolerance: float) -> None:
    """University of Arkansas 2008."""
    draws = Seeds(1).draws("rfid")
    unread = sum(missed(items, draws) for _ in range(4000))
    assert 1 - unread / (4000 * items) == pytest.approx(rate, abs=tolerance / 4)


@pytest.mark.parametrize("items", [1, 20, 97, 180, 300])
def test_misses_are_binomial(items: int) -> None:
    draws = Seeds(2).draws("rfid")
    counts = np.array([missed(items, draws) for _ in range(8000)])
    chance = miss_chance(items)
    mean, variance = items * chance, items * chance * (1 - chance)
    assert counts.min() >= 0
    assert counts.max() <= items
    assert counts.mean() == pytest.approx(mean, abs=5 * np.sqrt(variance / 8000))
    assert counts.var() == pytest.approx(variance, rel=0.1, abs=0.02)


def test_an_empty_shelf_has_nothing_to_miss() -> None:
    draws = Seeds(3).draws("rfid")
    assert {missed(0, draws) for _ in range(100)} == {0}
