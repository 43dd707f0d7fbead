"""Clocks that run wrong or jump: the payload says what the clock shows, the truth what was so."""

from __future__ import annotations

from datetime import datetime

import pytest
from troubled import HOUR, Sent, Stream, scenario, stream


def shown(message: Sent) -> float:
    """What the payload says, in simulated seconds since the start."""
    start = datetime.fromisoformat("2026-03-02T17:00:00+10:30")
    return (datetime.fromisoformat(message.payload["time"]) - start).total_seconds()


def test_without_faults_every_clock_is_right() -> None:
    assert all(abs(shown(message) - message.truth.observed) < 0.001 for message in stream().sent())


@pytest.mark.parametrize("ppm", [20_000.0, -5_000.0])
def test_a_skewed_clock_gains_or_loses_until_it_is_set(ppm: float) -> None:
    skewed = stream({"kind": "clock_skew", "at": "30m", "for": "90m", "share": 0.5, "ppm": ppm})
    assert {row.facts["ppm"] for row in skewed.faults if row.facts} == {ppm}
    wrong = 0
    for message in skewed.sent(*skewed.befallen):
        observed = message.truth.observed
        in_window = 0.5 * HOUR <= observed < 2 * HOUR
        error = (observed - 0.5 * HOUR) * ppm * 1e-6 if in_window else 0.0
        assert shown(message) - observed == pytest.approx(error, abs=0.001)
        assert message.truth.fault == ("clock_skew-0" if in_window else None)
        wrong += in_window
    assert wrong > 100


@pytest.mark.parametrize(("back", "ahead"), [("off", 600.0), ("on", -600.0)])
def test_a_clock_that_jumped_is_wrong_by_one_amount(back: str, ahead: float) -> None:
    jumped = stream({"kind": "clock_jump", "at": "1h", "share": 0.5, "by": "10m", "back": back})
    calm = stream()
    befallen = tuple(jumped.befallen)
    for message, right in zip(jumped.sent(*befallen), calm.sent(*befallen), strict=True):
        wrong = message.truth.observed >= HOUR
        assert shown(message) - message.truth.observed == pytest.approx(ahead if wrong else 0.0, abs=0.001)
        assert message.truth.fault == ("clock_jump-0" if wrong else None)
        assert (message.truth.observed, message.truth.at) == (right.truth.observed, right.truth.at)
        assert message.payload | {"time": None} == right.payload | {"time": None}


def test_two_wrong_clocks_add_up() -> None:
    jumps = [{"kind": "clock_jump", "at": "1h", "by": by} for by in ("10m", "5m")]
    late = [m for m in Stream(scenario(*jumps)).sent() if m.truth.observed >= HOUR]
    assert late
    for message in late:
        assert shown(message) - message.truth.observed == pytest.approx(900.0, abs=0.001)
        assert message.truth.fault == "clock_jump-0+clock_jump-1"


def test_a_clock_may_fall_back_to_1970() -> None:
    fallen = Stream(scenario({"kind": "clock_jump", "by": "20514d", "back": "on", "devices": 1}))
    [device] = fallen.befallen
    assert all(message.payload["time"].startswith("1970-01-0") for message in fallen.sent(device))
