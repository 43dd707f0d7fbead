"""Timestamps: RFC 3339 in UTC with milliseconds, whatever was written before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from simulator.core.calendar import Calendar

START = datetime.fromisoformat("2026-03-02T17:00:00+10:30")
CALENDAR = Calendar(START)


@given(milliseconds=st.integers(-(10**9), 10**12))
def test_it_is_the_moment_in_utc(milliseconds: int) -> None:
    moment = START.astimezone(UTC) + timedelta(milliseconds=milliseconds)
    expected = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    assert CALENDAR.timestamp(milliseconds / 1000) == expected


def test_a_moment_is_rounded_to_the_millisecond_across_minutes_and_days() -> None:
    midnight = CALENDAR.next(0.0, 10.5)  # 00:00 UTC
    assert CALENDAR.timestamp(midnight - 0.0004) == "2026-03-03T00:00:00.000Z"
    assert CALENDAR.timestamp(midnight - 0.0006) == "2026-03-02T23:59:59.999Z"


def test_more_minutes_than_are_kept_are_written_all_the_same() -> None:
    first = [CALENDAR.timestamp(60.0 * minute) for minute in range(3000)]
    assert len(set(first)) == 3000
    assert [CALENDAR.timestamp(60.0 * minute) for minute in range(3000)] == first
