"""Reads files that grow, as they grow: from where they ended when the run began, in bounded memory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG

from simulator.taps.tape import Tape
from simulator.truth.folder import writing

LONGEST_LINE = 1 << 20
"""Bytes of a line that are recorded in one row; the rest goes into rows of its own."""

MOST_FILES = 1_000
"""Files of a folder that are followed."""

_AT_ONCE = 1 << 20
"""Bytes that are read of one file before it is another's turn."""


class Tail:
    """Follows one file.

    Args:
        path: the file; need not exist yet.
        tape: takes its lines.
        topic: what its rows have for a topic.
        start: bytes that are passed over, since they are from before the run.
    """

    def __init__(self, path: Path, tape: Tape, topic: str | None = None, start: int = 0) -> None:
        self._path = path
        self._tape = tape
        self._topic = topic
        self._offset = start
        self._line = bytearray()
        self._identity: tuple[int, int] | None = None

    def read(self) -> bool:
        """Record the lines that were added since; return whether there may be more.

        A file that was replaced, or that has become shorter, is read from its beginning.
        """
        try:
            file = self._path.open("rb", buffering=0)
        except OSError:  # not yet, or no longer
            return False
        with file:
            status = os.fstat(file.fileno())
            if not S_ISREG(status.st_mode):
                return False
            identity = (status.st_dev, status.st_ino)
            if status.st_size < self._offset or self._identity not in (None, identity):
                self.finish()
                self._offset = 0
            self._identity = identity
            file.seek(self._offset)
            added = file.read(_AT_ONCE)
        self._offset += len(added)
        self._take(added)
        return len(added) == _AT_ONCE

    def finish(self) -> None:
        """Record a last line that nothing ended."""
        if self._line:
            self._tape.add(bytes(self._line), self._topic)
            self._line.clear()

    def _take(self, added: bytes) -> None:
        first, *rest = added.split(b"\n")
        self._line += first
        for part in rest:
            self._end_line()
            self._line += part
        while len(self._line) > LONGEST_LINE:
            self._tape.add(bytes(self._line[:LONGEST_LINE]), self._topic)
            del self._line[:LONGEST_LINE]

    def _end_line(self) -> None:
        line = bytes(self._line.removesuffix(b"\r"))
        self._line.clear()
        for begin in range(0, len(line), LONGEST_LINE):
            self._tape.add(line[begin : begin + LONGEST_LINE], self._topic)


class FileTap:
    """Follows one file for a tap.

    Args:
        path: the file; what it holds already is not from this run.
        tape: takes its lines.
    """

    def __init__(self, path: Path, tape: Tape) -> None:
        self._tail = Tail(path, tape, start=_size(path))

    def read(self) -> bool:
        """Record what was added since; return whether there may be more."""
        return self._tail.read()

    def finish(self) -> None:
        """Record a last line that nothing ended."""
        self._tail.finish()


class DirectoryTap:
    """Follows the files of a folder, and of the folders in it, also those that come later.

    Args:
        path: the folder; need not exist yet. What its files hold already is not from this run.
        tape: takes their lines, with the name of the file for a topic.
    """

    def __init__(self, path: Path, tape: Tape) -> None:
        self._path = path
        self._tape = tape
        self._tails = {file: self._tail(file, _size(file)) for file in self._files()}

    def read(self) -> bool:
        """Record what was added since; return whether there may be more."""
        for file in self._files():
            if file not in self._tails and len(self._tails) < MOST_FILES:
                self._tails[file] = self._tail(file, 0)
        return sum(tail.read() for tail in self._tails.values()) > 0

    def finish(self) -> None:
        """Record the last lines that nothing ended."""
        for tail in self._tails.values():
            tail.finish()

    def _tail(self, file: Path, start: int) -> Tail:
        return Tail(file, self._tape, file.relative_to(self._path).as_posix(), start)

    def _files(self) -> Iterator[Path]:
        for folder, _, names in os.walk(self._path):  # follows no links, so it ends
            for name in sorted(names):
                yield Path(folder, name)


def copy_store(path: Path, folder: Path) -> int:
    """Copy a file, or all files of a folder, as they are now; return how many. Links are not followed.

    Raises:
        RunFailedError: they cannot be read, or not be written.
    """
    inside = not path.is_file()
    files = sorted(file for file in path.rglob("*") if file.is_file()) if inside else [path]
    for file in files:
        target = folder / (file.relative_to(path) if inside else file.name)
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target, follow_symlinks=False)
    return len(files)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
