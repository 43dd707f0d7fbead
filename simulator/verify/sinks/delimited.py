"""CSV and its like: a line of names, then values in as many fields."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.text import LONGEST, read_lines
from simulator.verify.sinks.values import Row

_DELIMITERS = ",;\t|"


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises:
        SinkError: while iterating: a row has more or fewer fields than the first line, or an open quote.
    """
    sink = str(path)
    csv.field_size_limit(LONGEST)
    lines = (line.decode(errors="surrogateescape") for _, line in read_lines(path))
    first = next(lines, "")
    delimiter = max(_DELIMITERS, key=first.count)
    (names,) = csv.reader([first], delimiter=delimiter) if first.strip() else [[]]
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    header = tuple(names)
    try:
        for row in rows:
            if not row:
                continue
            number = rows.line_num + 1
            if len(row) != len(header):
                raise SinkError(
                    f"{path}:{number}: {len(row)} fields, where the first line names {len(header)}; "
                    "the row is cut off, or the file is no CSV"
                )
            values = (text.encode(errors="surrogateescape") for text in row)
            yield sink, number, zip(header, values, strict=True)
    except csv.Error as error:
        raise SinkError(f"{path}:{rows.line_num + 1}: {error}") from error
