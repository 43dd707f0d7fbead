"""Reads what came out of a control, in whatever kind of file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path

from simulator.verify.record import Record
from simulator.verify.sinks import delimited, duck, json_lines, parquet, sqlite, text
from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.values import Row, to_record


class SinkFormat(Enum):
    """What a file is."""

    JSON_LINES = "JSON Lines"
    CSV = "CSV"
    SQLITE = "SQLite"
    PARQUET = "Parquet"
    DUCKDB = "DuckDB"
    TEXT = "text"


_SUFFIXES = {
    ".jsonl": SinkFormat.JSON_LINES,
    ".ndjson": SinkFormat.JSON_LINES,
    ".csv": SinkFormat.CSV,
    ".tsv": SinkFormat.CSV,
    ".sqlite": SinkFormat.SQLITE,
    ".sqlite3": SinkFormat.SQLITE,
    ".parquet": SinkFormat.PARQUET,
    ".duckdb": SinkFormat.DUCKDB,
    ".txt": SinkFormat.TEXT,
    ".log": SinkFormat.TEXT,
}
_SIGNS = {SinkFormat.SQLITE: sqlite.SIGN, SinkFormat.PARQUET: parquet.SIGN, SinkFormat.DUCKDB: duck.SIGN}
_READERS: dict[SinkFormat, Callable[[Path], Iterator[Row]]] = {
    SinkFormat.JSON_LINES: json_lines.read,
    SinkFormat.CSV: delimited.read,
    SinkFormat.SQLITE: sqlite.read,
    SinkFormat.PARQUET: parquet.read,
    SinkFormat.DUCKDB: duck.read,
    SinkFormat.TEXT: text.read,
}


def read_sink(path: Path) -> Iterator[Record]:
    """Yield the records of a file, or of all files in a folder, by name.

    The name's ending tells what a file is (``.jsonl``, ``.ndjson``, ``.csv``, ``.tsv``, ``.sqlite``,
    ``.parquet``, ``.duckdb``, ``.txt``, ``.log``; text also with ``.gz``); without a known one, its first
    bytes do.

    Raises:
        SinkError: while iterating: there is no such file, it is empty, cut off, damaged or of another kind.
        UsageError: it needs a package that is not installed.
    """
    for sink, row, fields in read_rows(path):
        yield to_record(sink, row, fields)


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, or of all files in a folder, with values of any type.

    Raises:
        SinkError, UsageError: while iterating, as for `read_sink`.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        if not files:
            raise SinkError(f"{path} holds no files: nothing came out of the control, or it went elsewhere")
        for file in files:
            yield from _read_file(file)
    else:
        yield from _read_file(path)


def find_format(path: Path) -> SinkFormat:
    """Return what a file is.

    Raises:
        SinkError: it cannot be read, is empty, or is not what its name says.
    """
    start = _first_bytes(path)
    if not start.strip():
        raise SinkError(f"{path} is empty: nothing came out of the control, or it went elsewhere")
    signed = next((one for one in _SIGNS if _has_sign(start, one)), None)
    named = _SUFFIXES.get((path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower())
    if named is None:
        return signed or (SinkFormat.JSON_LINES if start.lstrip()[:1] in b"{[" else SinkFormat.TEXT)
    if named is not signed and (signed or named in _SIGNS):
        found = signed.value if signed else "something else"
        raise SinkError(f"{path} is named as {named.value} but holds {found}; give it the name of what it is")
    return named


def _has_sign(start: bytes, kind: SinkFormat) -> bool:
    return start.startswith(_SIGNS[kind], duck.SIGN_AT if kind is SinkFormat.DUCKDB else 0)


def _first_bytes(path: Path) -> bytes:
    try:
        with text.open_bytes(path) as file:
            return file.read(64)
    except FileNotFoundError:
        raise SinkError(f"there is no {path}; what came out of the control was to be there") from None
    except (OSError, EOFError) as error:
        raise SinkError(f"cannot read {path}: {error}") from error


def _read_file(path: Path) -> Iterator[Row]:
    nothing = True
    for row in _READERS[find_format(path)](path):
        nothing = False
        yield row
    if nothing:
        raise SinkError(f"{path} has no records: nothing came out of the control, or it went elsewhere")
