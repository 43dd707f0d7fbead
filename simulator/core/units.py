"""Quantities written with units, as people write them in a scenario: ``90s``, ``6h``, ``5000/s``."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

SECOND = 1.0
MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
WEEK = 7 * DAY

_DURATIONS = {"ms": 0.001, "s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_PER = {"s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR}
_NUMBER = r"\d+(?:\.\d+)?"
_DURATION_PART = re.compile(rf"({_NUMBER})\s*(ms|min|[smhdw])")
_DURATION = re.compile(rf"(?:{_NUMBER}\s*(?:ms|min|[smhdw])\s*)+")
_RATE = re.compile(rf"({_NUMBER})\s*/\s*(s|min|m|h)")
_BYTES = {"B": 1.0, "kB": 1e3, "MB": 1e6, "bit": 1 / 8, "kbit": 1e3 / 8, "Mbit": 1e6 / 8}
_BYTE_RATE = re.compile(rf"({_NUMBER})\s*([kM]?B|[kM]?bit)/s")


def parse_duration(value: object) -> float:
    """Return the seconds in a duration such as ``30s``, ``5m``, ``1h30m``, ``2d`` or ``250ms``.

    Raises:
        ValueError: it is not a number with a unit, or negative.
    """
    if isinstance(value, str) and value.lstrip().startswith("-"):
        raise ValueError(f"a duration cannot be negative, as {value!r} is")
    if isinstance(value, str) and _DURATION.fullmatch(value.strip()):
        return sum(float(n) * _DURATIONS[unit] for n, unit in _DURATION_PART.findall(value))
    raise ValueError(f"write a duration with its unit, such as 30s, 5m, 6h or 1d, not {value!r}")


def parse_rate(value: object) -> float:
    """Return the messages a second in a rate such as ``5000/s`` or ``600/min``.

    Raises:
        ValueError: it is not a number per unit of time, or negative.
    """
    if isinstance(value, str) and value.lstrip().startswith("-"):
        raise ValueError(f"a rate cannot be negative, as {value!r} is")
    if isinstance(value, str) and (found := _RATE.fullmatch(value.strip())):
        return float(found[1]) / _PER[found[2]]
    raise ValueError(f"write a rate with its unit of time, such as 5000/s, not {value!r}")


def parse_byte_rate(value: object) -> float:
    """Return the bytes a second in an amount such as ``64kB/s``, ``1MB/s`` or ``512kbit/s``.

    Raises:
        ValueError: it is not a number of bytes or bits a second.
    """
    if isinstance(value, str) and (found := _BYTE_RATE.fullmatch(value.strip())):
        return float(found[1]) * _BYTES[found[2]]
    raise ValueError(f"write bytes or bits a second, such as 64kB/s or 2Mbit/s, not {value!r}")


def format_duration(seconds: float) -> str:
    """Return a duration as a person would write it: ``6h``, ``1h 30m``, ``12.5s``."""
    if seconds < MINUTE:
        return f"{seconds:.3g}s"
    parts = []
    rest = round(seconds)
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND)):
        count, rest = divmod(rest, int(size))
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2])


def _keep_numbers(parse: Any) -> Any:
    # A model that was validated once (and dumped to a manifest) holds plain seconds: accept floats back.
    return lambda value: value if type(value) is float else parse(value)


Duration = Annotated[
    float,
    BeforeValidator(_keep_numbers(parse_duration)),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$", "examples": ["30s", "5m", "6h"]}),
]
"""Seconds, written with a unit."""

Rate = Annotated[
    float,
    BeforeValidator(_keep_numbers(parse_rate)),
    WithJsonSchema({"type": "string", "pattern": f"^{_RATE.pattern}$", "examples": ["5000/s"]}),
]
"""Messages a second, written with a unit."""

ByteRate = Annotated[
    float,
    BeforeValidator(_keep_numbers(parse_byte_rate)),
    WithJsonSchema(
        {"type": "string", "pattern": f"^{_BYTE_RATE.pattern}$", "examples": ["64kB/s", "2Mbit/s"]}
    ),
]
"""Bytes a second, written with a unit."""

OnOff = Annotated[bool, WithJsonSchema({"enum": [True, False, "on", "off"]})]
"""A switch, written ``on`` or ``off``."""
