"""The scale under a shelf."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.core.seeds import Seeds
from simulator.core.units import DAY
from simulator.devices.inventory_sensor.scale import DRIFT_DIVISIONS, NOISE_DIVISIONS, Scale


@pytest.mark.parametrize(("full_load", "division"), [(500.0, 1.0), (12_000.0, 2.0), (180_000.0, 50.0)])
def test_a_scale_for_more_is_coarser(full_load: float, division: float) -> None:
    assert Scale(full_load, Seeds(1).draws("scale")).division == division


def test_readings_are_whole_divisions_around_the_load() -> None:
    scale = Scale(24_000.0, Seeds(1).draws("scale"))
    readings = np.array([scale.weigh(0.0, 10_001.5) for _ in range(4000)])
    assert set(readings % scale.division) == {0.0}
    assert readings.mean() == pytest.approx(10_001.5, abs=0.3)
    assert readings.std() < (NOISE_DIVISIONS + 0.3) * scale.division
    assert np.abs(readings - 10_001.5).max() <= (0.5 + 5 * NOISE_DIVISIONS) * scale.division


def test_an_empty_scale_shows_zero() -> None:
    assert Scale(24_000.0, Seeds(1).draws("scale")).weigh(0.0, 0.0) == 0.0


def test_the_zero_of_a_loaded_scale_wanders_and_is_found_again_when_it_is_empty() -> None:
    drifts, after = [], []
    for seed in range(300):
        scale = Scale(24_000.0, Seeds(seed).draws("scale"))
        scale.weigh(0.0, 10_000.0)
        drifts.append((scale.weigh(9 * DAY, 10_000.0) - 10_000.0) / scale.division)
        scale.weigh(9 * DAY, 0.0)
        after.append((scale.weigh(9 * DAY, 10_000.0) - 10_000.0) / scale.division)
    assert np.std(drifts) == pytest.approx(3 * DRIFT_DIVISIONS, rel=0.2)
    assert np.std(after) < 0.3 * np.std(drifts)
