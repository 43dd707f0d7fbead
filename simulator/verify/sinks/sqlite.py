"""SQLite databases: the rows of all tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.values import Row

SIGN = b"SQLite format 3\0"


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a database; it is opened for reading only.

    Raises:
        SinkError: while iterating: it is no whole database.
    """
    _check_size(path)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.text_factory = bytes
            (fault,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if fault != b"ok":
                raise SinkError(f"{path} is a damaged SQLite database: {fault.decode(errors='replace')}")
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
            for (table,) in tables:
                if not table.startswith(b"sqlite_"):
                    yield from _rows(database, path, table.decode())
    except sqlite3.Error as error:
        raise SinkError(f"{path} is no whole SQLite database: {error}") from error


def _check_size(path: Path) -> None:
    """Refuse a file that ends within a page: SQLite would read zeros for what is missing."""
    with path.open("rb") as file:
        header = file.read(18)
    page = int.from_bytes(header[16:18], "big")
    page = 65_536 if page == 1 else page
    if page and path.stat().st_size % page:
        raise SinkError(f"{path} is no whole SQLite database: it is cut off within a page")


def _rows(database: sqlite3.Connection, path: Path, table: str) -> Iterator[Row]:
    sink = f"{path}#{table}"
    quoted = table.replace('"', '""')
    cursor = database.execute(f'SELECT * FROM "{quoted}"')
    names = [name for name, *_ in cursor.description]
    for number, row in enumerate(cursor, 1):
        yield sink, number, zip(names, row, strict=True)
