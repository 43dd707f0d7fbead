"""Public holidays and school holidays, by the rules of South Australia, where the town stands.

Days are counted since 1970-01-01, as `Calendar.day` counts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache

_EPOCH = date(1970, 1, 1)
_DAY = timedelta(days=1)
_MONDAY, _FRIDAY, _SATURDAY = 0, 4, 5

_BREAK = 16
"""Days between two terms: two weeks with the weekends at both ends."""


@lru_cache(maxsize=1024)
def is_public_holiday(day: int) -> bool:
    """Return whether a day is a public holiday (Public Holidays Act 2023, South Australia).

    The two evenings before Christmas Day and New Year's Day are left out.
    """
    return _date(day) in _public_holidays(_date(day).year)


def is_free(day: int) -> bool:
    """Return whether a day is a Saturday, a Sunday or a public holiday."""
    return (day + 3) % 7 >= _SATURDAY or is_public_holiday(day)


@lru_cache(maxsize=1024)
def is_school_holiday(day: int) -> bool:
    """Return whether a day lies between school terms or is a public holiday; weekends in a term do not.

    Terms end on the second Friday of April, the first of July, the last of September and the second of
    December; the next one begins 17 days later, the first one after Australia Day's holiday. So it was in
    2021, 2024 and 2025 (Department for Education, South Australia).
    """
    today = _date(day)
    year = today.year
    begins = max(holiday for holiday in _public_holidays(year) if holiday.month == 1)
    if today <= begins or today > _weekday(year, 12, _FRIDAY, 2):
        return True
    ends = (_weekday(year, 4, _FRIDAY, 2), _weekday(year, 7, _FRIDAY, 1), _last_friday_of_september(year))
    return is_public_holiday(day) or any(0 < (today - end).days <= _BREAK for end in ends)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    easter = easter_sunday(year)
    fixed = (date(year, 1, 1), date(year, 1, 26), date(year, 12, 25), date(year, 12, 26))
    return frozenset(
        (
            *_with_substitutes(fixed),
            *(easter + offset * _DAY for offset in (-2, -1, 0, 1)),
            date(year, 4, 25),  # Anzac Day
            _weekday(year, 3, _MONDAY, 2),  # Adelaide Cup
            _weekday(year, 6, _MONDAY, 2),  # King's Birthday
            _weekday(year, 10, _MONDAY, 1),  # Labour Day
        )
    )


def _with_substitutes(holidays: tuple[date, ...]) -> Iterator[date]:
    """Yield the days, and for each that falls on a weekend the next day that is neither that nor taken."""
    taken = set(holidays)
    for holiday in holidays:
        yield holiday
        if holiday.weekday() >= _SATURDAY:
            substitute = holiday + _DAY
            while substitute.weekday() >= _SATURDAY or substitute in taken:
                substitute += _DAY
            taken.add(substitute)
            yield substitute


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the algorithm of Nature 13, 1876, in Meeus 1991)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _weekday(year: int, month: int, weekday: int, number: int) -> date:
    """Return the first, second, … such weekday of a month."""
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (number - 1)) * _DAY


def _last_friday_of_september(year: int) -> date:
    return _weekday(year, 10, _FRIDAY, 1) - 7 * _DAY


def _date(day: int) -> date:
    return _EPOCH + timedelta(days=day)
