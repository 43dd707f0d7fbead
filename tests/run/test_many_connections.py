"""Fifteen thousand connections on one machine, at little memory each."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "bench"))

from bench_connections import measure

from simulator.core.transport import Transport


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and several loopback addresses")
def test_two_workers_hold_fifteen_thousand_connections_at_three_kilobytes_each() -> None:
    held = measure(Transport.FAST, 15_000, seconds=2.0)
    assert held.reached == 15_000
    assert held.grown / held.reached <= 3_000
