"""JSON Lines: an object or an array on each line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from simulator.core.decoding import UNREADABLE
from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.text import read_lines
from simulator.verify.sinks.values import Row


def read(path: Path) -> Iterator[Row]:
    """Yield the lines of a file as rows.

    Raises:
        SinkError: while iterating: a line is no JSON, or neither object nor array.
    """
    sink = str(path)
    decode = msgspec.json.Decoder().decode
    for number, line in read_lines(path):
        if line.isspace():
            continue
        try:
            value = decode(line)
        except UNREADABLE as error:
            cut = "is cut off" if not line.endswith(b"\n") else "is no JSON"
            raise SinkError(f"{path}:{number}: the line {cut}: {error}") from error
        yield sink, number, _fields(path, number, value)


def _fields(path: Path, number: int, value: Any) -> Any:
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, list):
        return ((str(place), item) for place, item in enumerate(value))
    raise SinkError(f"{path}:{number}: the line is a {type(value).__name__}, not an object or an array")
