"""The simulated clock of a scenario: when it starts, in which zone, and how fast it goes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from simulator.core.nearest import nearest

_YEARS = range(1970, 2101)
_MOST_SPEED = 1e6


class Pace(StrEnum):
    """A speed that is no number."""

    MAX = "max"


def _parse_speed(value: object) -> object:
    if value is None or isinstance(value, Pace):
        return value
    if value == "max":
        return Pace.MAX
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _MOST_SPEED:
        return float(value)
    raise ValueError(f"write a number above 0 and up to 1,000,000, or max, not {value!r}")


def _parse_start(value: object) -> datetime:
    wrong = f"write a date and time with its zone, such as 2026-03-02T17:00:00+10:30, not {value!r}"
    try:
        start = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(wrong) from None
    if start.tzinfo is None:
        raise ValueError(wrong)
    if start.year not in _YEARS:
        raise ValueError(f"write a year from {_YEARS[0]} to {_YEARS[-1]}, not {start.year}")
    return start


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found, a folder, or no name that a file could have
        known = available_timezones()
        close = nearest(name, known)
        hint = f"did you mean {close!r}?" if close else "write an IANA name such as Australia/Adelaide"
        if not known:
            hint = "this machine knows no zones at all: install the package tzdata"
        raise ValueError(f"no zone {name!r} is known; {hint}") from None
    return name


Speed = Annotated[
    float | Pace | None,
    BeforeValidator(_parse_speed),
    WithJsonSchema(
        {"oneOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": _MOST_SPEED}, {"const": "max"}]}
    ),
]
"""Simulated seconds a second, or ``max``."""

Start = Annotated[
    datetime, BeforeValidator(_parse_start), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment with its zone."""

Zone = Annotated[str, AfterValidator(_check_zone)]
"""IANA name of a time zone."""
