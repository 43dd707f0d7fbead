"""Holidays, daylight and weather, against almanacs and themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import correlation, mean, stdev

import pytest

from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.holidays import easter_sunday, is_public_holiday, is_school_holiday
from simulator.world.sun import Sun, longitude_of
from simulator.world.weather import Weather


def number(iso: str) -> int:
    return (date.fromisoformat(iso) - date(1970, 1, 1)).days


def days(first: str, last: str) -> range:
    return range(number(first), number(last) + 1)


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")],
)
def test_easter(year: int, expected: str) -> None:
    assert easter_sunday(year) == date.fromisoformat(expected)


def test_the_public_holidays_of_2025_are_those_of_the_gazette() -> None:
    """Public holidays of South Australia; those that fall on a Sunday and their Mondays both count."""
    found = {
        str(date(1970, 1, 1) + timedelta(days=day))
        for day in days("2025-01-01", "2025-12-31")
        if is_public_holiday(day)
    }
    assert found == {
        *("2025-01-01", "2025-01-26", "2025-01-27", "2025-03-10", "2025-04-18", "2025-04-19", "2025-04-20"),
        *("2025-04-21", "2025-04-25", "2025-06-09", "2025-10-06", "2025-12-25", "2025-12-26"),
    }


def test_christmas_at_a_weekend_has_two_substitutes() -> None:
    """In 2027 it is a Saturday, Proclamation Day a Sunday: Monday and Tuesday are free as well."""
    assert [is_public_holiday(day) for day in days("2027-12-24", "2027-12-29")] == [
        False,
        *[True] * 4,
        False,
    ]


def test_school_terms_of_2025() -> None:
    """Department for Education, South Australia."""
    for first, last in (
        ("2025-01-28", "2025-04-11"),
        ("2025-04-28", "2025-07-04"),
        ("2025-07-21", "2025-09-26"),
        ("2025-10-13", "2025-12-12"),
    ):
        learns = [day for day in days(first, last) if not is_school_holiday(day)]
        assert (learns[0], learns[-1]) == (number(first), number(last))
        assert is_school_holiday(number(first) - 1)
        assert is_school_holiday(number(last) + 1)


def sun_at(zone: str, day: str, latitude: float, longitude: float) -> tuple[str, str]:
    calendar = Calendar(datetime.fromisoformat(f"{day}T12:00:00+00:00"), zone)
    sun = Sun(calendar, latitude, longitude)
    return f"{calendar.local(sun.rises(0.0)):%H:%M}", f"{calendar.local(sun.sets(0.0)):%H:%M}"


@pytest.mark.parametrize(
    ("zone", "day", "spot", "rises", "sets"),
    [
        ("Europe/London", "2026-06-21", (51.48, 0.0), "04:43", "21:21"),
        ("Europe/London", "2026-12-21", (51.48, 0.0), "08:04", "15:53"),
        ("Australia/Adelaide", "2026-01-01", (-34.93, 138.6), "06:05", "20:33"),
        ("Australia/Adelaide", "2026-07-01", (-34.93, 138.6), "07:24", "17:15"),
        ("America/New_York", "2026-03-20", (40.71, -74.01), "06:59", "19:08"),
    ],
)
def test_the_sun_rises_and_sets_as_in_the_almanac(
    zone: str, day: str, spot: tuple[float, float], rises: str, sets: str
) -> None:
    """Within six minutes of published sunrises and sunsets, summer time included."""
    for found, expected in zip(sun_at(zone, day, *spot), (rises, sets), strict=True):
        apart = datetime.strptime(found, "%H:%M") - datetime.strptime(expected, "%H:%M")  # noqa: DTZ007
        assert abs(apart) <= timedelta(minutes=6)


@pytest.mark.parametrize("zone", ["Australia/Adelaide", "Europe/London", "America/New_York", "Asia/Tokyo"])
def test_noon_is_bright_whatever_zone_the_town_has_its_clock_from(zone: str) -> None:
    calendar = Calendar(datetime(2026, 3, 20, tzinfo=UTC), zone)
    sun = Sun(calendar, -31.0, longitude_of(calendar, 137.85))
    noon = calendar.next(0.0, 12.0)
    assert 5 < calendar.hour(sun.rises(noon)) < 8
    assert 17 < calendar.hour(sun.sets(noon)) < 20


def test_beyond_the_polar_circle_it_is_day_all_day_or_not_at_all() -> None:
    for day, hours in (("2026-06-21", 24), ("2026-12-21", 0)):
        sun = Sun(Calendar(datetime.fromisoformat(f"{day}T12:00:00+00:00")), 75.0, 0.0)
        assert (sun.sets(0.0) - sun.rises(0.0)) / HOUR == pytest.approx(hours)


CALENDAR = Calendar(datetime(2026, 1, 1, tzinfo=UTC))
YEAR = [day * DAY for day in range(365)]


def weather(seed: int = 1, latitude: float = -31.0) -> Weather:
    return Weather(CALENDAR, Seeds(seed), Sun(CALENDAR, latitude, 137.85), latitude)


def daily(weather: Weather, first: int, count: int) -> list[float]:
    """Return the mean temperatures of some days."""
    return [
        mean(weather.temperature(day * DAY + 3 * HOUR * i) for i in range(8))
        for day in range(first, first + count)
    ]


def test_it_is_warm_in_summer_and_by_day() -> None:
    """Woomera, Bureau of Meteorology: January 27 °C and July 11.4 °C on average, 14.6 and 10.6 °C a day."""
    here = weather()
    assert mean(daily(here, 0, 31)) == pytest.approx(27.0, abs=2.5)
    assert mean(daily(here, 181, 31)) == pytest.approx(11.4, abs=2.5)
    for month, swing in ((0, 14.6), (181, 10.6)):
        by_hour = [
            mean(here.temperature((month + day) * DAY + hour * HOUR) for day in range(31))
            for hour in range(24)
        ]
        assert max(by_hour) - min(by_hour) == pytest.approx(swing, abs=1.0)
    assert mean(daily(weather(latitude=45.0), 0, 31)) < mean(daily(weather(latitude=45.0), 181, 31)) - 10


def test_a_warm_day_follows_a_warm_day() -> None:
    departures = [a - b for a, b in zip(daily(weather(1), 0, 365), daily(weather(2), 0, 365), strict=True)]
    assert stdev(departures) / 2**0.5 == pytest.approx(3.8, abs=0.8)
    assert 0.5 < correlation(departures[:-1], departures[1:]) < 0.85


def test_the_weather_has_no_jumps_and_does_not_depend_on_who_asked_first() -> None:
    here, there = weather(), weather()
    moments = [100 * DAY + number * 10 * MINUTE for number in range(500)]
    forwards = [here.temperature(at) for at in moments]
    assert [there.temperature(at) for at in reversed(moments)] == forwards[::-1]
    assert max(abs(a - b) for a, b in pairwise(forwards)) < 0.6


def test_people_like_mild_daylight() -> None:
    here = weather()
    noons = [here.comfort(day * DAY + 3 * HOUR) for day in range(365)]
    nights = [here.comfort(day * DAY + 15 * HOUR) for day in range(365)]
    assert max(noons) == 1.0
    assert max(nights) <= 0.5
    hottest = max(YEAR, key=here.temperature)
    assert here.temperature(hottest) > 33
    assert here.comfort(hottest) < 0.7
