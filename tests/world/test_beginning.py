from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.calendar import Calendar
from simulator.core.units import DAY, HOUR
from simulator.world import beginning

zones = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(start=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=zones))  # noqa: DTZ001
def test_the_world_begins_at_the_last_four_o_clock_at_least_two_hours_before(start: datetime) -> None:
    calendar = Calendar(start)
    begins = beginning(calendar)
    assert calendar.hour(begins) == pytest.approx(4.0, abs=1e-6)
    assert -2 * HOUR - DAY - 1e-3 < begins <= -2 * HOUR + 1e-3


@pytest.mark.parametrize(
    ("clock", "hours"), [("06:00", 2), ("05:59", 25 + 59 / 60), ("04:00", 24), ("17:00", 13)]
)
def test_examples(clock: str, hours: float) -> None:
    calendar = Calendar(datetime.fromisoformat(f"2026-03-02T{clock}:00+10:30"))
    assert beginning(calendar) == pytest.approx(-hours * HOUR)
