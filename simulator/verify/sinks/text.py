"""Files of text: their lines, whichever of the usual encodings they are in, packed or not."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.values import Row

LONGEST = 64 << 20
"""Bytes of the longest line that is read: what has none shorter is no text of lines."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)


def open_bytes(path: Path) -> IO[bytes]:
    """Return a file, unpacked if its name ends with ``.gz``."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def encoding_of(path: Path) -> str:
    """Return what the mark at the beginning of a file says, UTF-8 if there is none."""
    with open_bytes(path) as file:
        start = file.read(4)
    return next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the number, from 1, and the bytes of each line, in UTF-8 and with its end.

    Raises:
        SinkError: the file is cut off while packed, or has a line that is too long.
    """
    try:
        encoding = encoding_of(path)
        if encoding == "utf-8":
            with open_bytes(path) as file:
                number = 0
                while line := file.readline(LONGEST):
                    number += 1
                    if len(line) == LONGEST:
                        raise SinkError(f"{path}:{number}: the line is longer than {LONGEST >> 20} MiB")
                    yield number, line
        else:
            opened = gzip.open if path.suffix == ".gz" else open
            with opened(path, "rt", encoding=encoding, newline="") as text:
                for number, written in enumerate(text, 1):
                    yield number, written.encode()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SinkError(f"{path} is no whole gzip file: {error}") from error
    except UnicodeError as error:
        raise SinkError(f"{path} is not the {encoding} that its first bytes say: {error}") from error


def read(path: Path) -> Iterator[Row]:
    """Yield the lines of a text."""
    sink = str(path)
    for number, line in read_lines(path):
        if stripped := line.strip():
            yield sink, number, (("line", stripped),)
