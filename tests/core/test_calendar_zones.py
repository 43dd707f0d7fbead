"""A zone whose clock is changed: local hours jump, simulated seconds and timestamps run on."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.core.calendar import Calendar
from simulator.core.units import DAY, HOUR, MINUTE

ADELAIDE = ZoneInfo("Australia/Adelaide")
START = datetime(2026, 1, 1, tzinfo=ADELAIDE)
CALENDAR = Calendar(START, "Australia/Adelaide")


def utc(at: datetime) -> float:
    return at.timestamp() - START.timestamp()


BACK = utc(datetime.fromisoformat("2026-04-04T16:30:00Z"))
"""Three o'clock becomes two on the first Sunday of April."""
FORWARD = utc(datetime.fromisoformat("2026-10-03T16:30:00Z"))
"""Two o'clock becomes three on the first Sunday of October."""

# Whole milliseconds, as datetime rounds.
moments = st.one_of(
    st.integers(-20 * 86_400_000, 700 * 86_400_000).map(lambda milliseconds: milliseconds / 1000),
    st.integers(-10_000_000, 10_000_000).map(lambda milliseconds: BACK + milliseconds / 1000),
    st.integers(-10_000_000, 10_000_000).map(lambda milliseconds: FORWARD + milliseconds / 1000),
)


@given(at=moments)
def test_it_shows_what_the_zone_shows(at: float) -> None:
    shown = (START.astimezone(ZoneInfo("UTC")) + timedelta(seconds=at)).astimezone(ADELAIDE)
    seconds = shown.hour * HOUR + shown.minute * MINUTE + shown.second + shown.microsecond / 1e6
    assert CALENDAR.hour(at) * HOUR == pytest.approx(seconds, abs=1e-3) or seconds > DAY - 0.01
    if 0.01 < seconds < DAY - 0.01:
        assert CALENDAR.date(at) == shown.date()
        assert CALENDAR.weekday(at) == shown.weekday()


def test_the_clock_jumps_and_the_timestamp_does_not() -> None:
    assert [CALENDAR.hour(BACK + off) for off in (-1, 0)] == pytest.approx([3.0, 2.0], abs=1e-3)
    assert [CALENDAR.hour(FORWARD + off) for off in (-1, 0)] == pytest.approx([2.0, 3.0], abs=1e-3)
    assert CALENDAR.timestamp(BACK) == "2026-04-04T16:30:00.000Z"
    assert CALENDAR.timestamp(BACK - 0.001) == "2026-04-04T16:29:59.999Z"


@given(at=moments)
def test_hours_of_a_day_count_from_its_midnight(at: float) -> None:
    midnight = CALENDAR.midnight(at)
    for hour in (4, 7, 12, 23):
        moment = midnight + hour * HOUR
        assert CALENDAR.hour(moment) == pytest.approx(hour)
        assert CALENDAR.day(moment + 1) == CALENDAR.day(at)
    assert CALENDAR.day(CALENDAR.midnight(midnight + 1.5 * DAY) + 12 * HOUR) == CALENDAR.day(at) + 1


@given(at=moments, hour=st.floats(0, 23.99))
@example(at=30240000.0, hour=8.672625515335544e-84)
def test_the_next_time_that_the_clock_shows_an_hour_is_within_a_day_and_an_hour(
    at: float, hour: float
) -> None:
    following = CALENDAR.next(at, hour)
    assert at < following <= at + 25 * HOUR + 1e-3
    jumped = following == FORWARD and 2 <= hour <= 3
    apart = abs(CALENDAR.hour(following) - hour)
    assert jumped or min(apart, 24 - apart) == pytest.approx(0, abs=1e-6)


@given(at=moments, hours=st.floats(0, 200))
def test_a_clock_that_goes_on_shows_so_much_later(at: float, hours: float) -> None:
    later = CALENDAR.later(at, hours * HOUR)
    assert later >= at
    off = (CALENDAR.hour(at) + hours - CALENDAR.hour(later) + 12) % 24 - 12
    assert later == FORWARD or off == pytest.approx(0, abs=1e-6)


def test_without_a_zone_the_offset_of_the_start_holds_for_good() -> None:
    fixed = Calendar(datetime.fromisoformat("2026-01-01T00:00:00+10:30"))
    assert fixed.hour(BACK) == pytest.approx(3.0)
    assert fixed.later(BACK - HOUR, 2 * HOUR) == BACK + HOUR
