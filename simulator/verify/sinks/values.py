"""The texts in a value of a record, whatever its type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from simulator.verify.record import Record

Row = tuple[str, int, Iterable[tuple[str, Any]]]
"""A row as it was read: its sink, its number from 1, and names and values of its fields, nested ones too."""


def to_record(sink: str, row: int, fields: Iterable[tuple[str, Any]]) -> Record:
    """Return the record of some fields, with the fields within fields beside each other."""
    names: list[str] = []
    values: list[bytes] = []
    for name, value in fields:
        kind = type(value)
        if kind is str:
            names.append(name)
            values.append(value.encode(errors="surrogatepass"))
        elif kind is bytes:
            names.append(name)
            values.append(value)
        elif kind is int:
            names.append(name)
            values.append(b"%d" % value)
        elif kind is not float and kind is not bool and value is not None:
            for inner_name, text in _texts(name, value):
                names.append(inner_name)
                values.append(text)
    return Record(sink, row, tuple(names), tuple(values))


def _texts(name: str, value: Any) -> Iterator[tuple[str, bytes]]:
    """Yield the name and text of a value, or of each value in it; fractions are nobody's data."""
    match value:
        case str():
            yield name, value.encode(errors="surrogatepass")
        case bytes() | bytearray() | memoryview():
            yield name, bytes(value)
        case Mapping():
            for key, inner in value.items():
                yield from _texts(f"{name}.{key}" if name else str(key), inner)
        case list() | tuple() | set() | frozenset():
            for number, inner in enumerate(value):
                yield from _texts(f"{name}.{number}" if name else str(number), inner)
        case datetime() | date():
            yield name, value.isoformat().encode()
        case None | bool() | float():
            return
        case int() | Decimal() | UUID():
            yield name, str(value).encode()
        case _:
            yield name, str(value).encode(errors="surrogatepass")
