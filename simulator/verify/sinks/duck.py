"""DuckDB databases: the rows of all tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from simulator.core.errors import UsageError
from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.values import Row

SIGN = b"DUCK"
SIGN_AT = 8
_BATCH = 4096


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a database; it is opened for reading only.

    Raises:
        UsageError: duckdb is not installed.
        SinkError: while iterating: it is no whole database.
    """
    try:
        import duckdb
    except ImportError as error:
        raise UsageError(
            "reading DuckDB needs duckdb; install it with: pip install 'fleetsim[verify]'"
        ) from error
    try:
        with closing(duckdb.connect(str(path), read_only=True)) as database:
            tables = database.execute(
                "SELECT database_name, schema_name, table_name FROM duckdb_tables() "
                "WHERE NOT internal ORDER BY ALL"
            ).fetchall()
            for *within, table in tables:
                quoted = ".".join('"' + name.replace('"', '""') + '"' for name in (*within, table))
                # Moments with a zone come as text: as objects they would need a package of their own.
                zoned = [
                    name.replace('"', '""')
                    for name, kind, *_ in database.execute(f"DESCRIBE {quoted}").fetchall()
                    if "WITH TIME ZONE" in kind
                ]
                texts = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name in zoned)
                columns = f"* REPLACE ({texts})" if zoned else "*"
                cursor = database.execute(f"SELECT {columns} FROM {quoted}")
                names = [column[0] for column in cursor.description or ()]
                number = 0
                while rows := cursor.fetchmany(_BATCH):
                    for row in rows:
                        number += 1
                        yield f"{path}#{table}", number, zip(names, row, strict=True)
    except duckdb.Error as error:
        raise SinkError(f"{path} is no whole DuckDB database: {str(error).splitlines()[0]}") from error
