"""A fleet whose broker is away for a while: how hard it knocks, with backoff and without."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "bench"))

from bench_reconnect import storm

DEVICES = 100


def test_with_backoff_a_fleet_knocks_less_and_its_curve_is_flatter() -> None:
    patient = storm(DEVICES, backoff=True, back=0.8)
    eager = storm(DEVICES, backoff=False, back=0.8)
    assert sum(patient.attempts) < sum(eager.attempts) / 2
    assert patient.peak < eager.peak / 2
    assert min(patient.connected[-1], eager.connected[-1]) >= 0.8 * DEVICES
    assert min(patient.connected) == min(eager.connected) == 0
