"""Does what a tutorial says, block by block, in one shell and one folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self, TypeVar

from pages import Block

Truth = TypeVar("Truth")

PATIENCE = 60.0
"""Seconds without a line after which what a page promises is taken not to come; far above what it takes."""

NOT_RUN = "not run"

_END = re.compile(r"=== exit code (\d+) in (.*)")
_SAY_END = 'echo "=== exit code $? in $PWD"'
_NUMBER = re.compile(r"\b(?=[a-z]*\d)[0-9a-z]{12,}\b|\d[\d.,:]*( ?(ms|[hms])\b)?( \d+(ms|[hms])\b)*")
_LEFT_OUT = {"", "..."}


class Walk:
    """A shell in which the blocks of a page are run, for the length of a ``with``.

    Args:
        folder: in which it begins.
        path: folder of programs that come before all others.
        replace: what is to be put in the place of a text of the page, such as a port that is free.
        everything: run even what is marked as not to be run.
    """

    def __init__(
        self, folder: Path, path: Path, replace: Mapping[str, str], *, everything: bool = False
    ) -> None:
        self._here = folder
        self._path = path
        self._replace = dict(replace)
        self._everything = everything
        self._lines: list[str] = []
        self._queue: SimpleQueue[str | None] = SimpleQueue()

    def __enter__(self) -> Self:
        self._shell = subprocess.Popen(
            ["bash"],
            cwd=self._here,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env=os.environ
            | {"PATH": os.pathsep.join([str(self._path), os.environ["PATH"], "/usr/sbin"])}
            | {"COLUMNS": "80", "NO_COLOR": "1"},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.wait()
        self._reader.join()
        for stream in (self._shell.stdin, self._shell.stdout):
            assert stream is not None
            stream.close()

    def take(self, block: Block) -> None:
        """Do what a block says, or make sure that what it shows has been printed."""
        text = f"{block.text}\n"
        for old, new in self._replace.items():
            text = re.sub(rf"\b{old}\b", new, text)
        if block.mark == NOT_RUN and not self._everything:
            return
        file = self._here / block.about
        if block.mark == "file":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        elif block.mark == "append":
            file.write_text(f"{file.read_text()}\n{text}")
        elif block.mark == "change":
            file.write_text(changed(file.read_text(), text.splitlines(keepends=True)))
        elif block.language == "sh":
            self._run(block, text)
        else:
            self._expect(block, text.splitlines())

    def _run(self, block: Block, text: str) -> None:
        assert self._shell.stdin is not None
        self._lines.clear()
        self._shell.stdin.write(f"{text}{_SAY_END}\n")
        self._shell.stdin.flush()
        ended = self._until(lambda: next(filter(None, map(_END.fullmatch, self._lines)), None))
        assert ended is not None, f"{block} did not end; it printed\n{self._printed()}"
        assert ended[1] == "0", f"{block} ended with exit code {ended[1]}; it printed\n{self._printed()}"
        self._here = Path(ended[2])

    def _expect(self, block: Block, lines: Sequence[str]) -> None:
        """Wait until the lines of a block have been printed in their order, whatever the numbers in them."""
        if block.mark == "like":
            like = re.compile(block.about)
            assert all(map(like.match, lines)), f"{block} is not like {block.about} itself"
            found = self._until(lambda: sum(1 for line in self._lines if like.match(line)) >= len(lines))
        else:
            found = self._until(lambda: missing(lines, self._lines) is None)
        assert found, f"{block} shows {missing(lines, self._lines)!r}; printed was\n{self._printed()}"

    def _until(self, condition: Callable[[], Truth]) -> Truth:
        """Take lines until a condition is met; return what it said last, which is false if it never was."""
        while not (met := condition()):
            try:
                line = self._queue.get(timeout=PATIENCE)
            except Empty:
                break
            if line is None:
                break
            self._lines.append(line)
        return met

    def _printed(self) -> str:
        return "\n".join(self._lines)

    def _read(self) -> None:
        assert self._shell.stdout is not None
        for line in self._shell.stdout:
            self._queue.put(line.rstrip())
        self._queue.put(None)


def missing(expected: Sequence[str], printed: Sequence[str]) -> str | None:
    """Return the first line that is not printed below those before it; None if all are."""
    rest = iter([_plain(line) for line in printed])
    return next(
        (line for line in expected if line.strip() not in _LEFT_OUT and _plain(line) not in rest), None
    )


def changed(text: str, lines: Sequence[str]) -> str:
    """Return a text with the lines that begin with a plus in the place of those that begin with a minus."""
    old, new = ("".join(line[1:] for line in lines if line[0] in signs) for signs in (" -", " +"))
    assert text.count(old) == 1, f"these lines are not there once:\n{old}"
    return text.replace(old, new)


def _plain(line: str) -> str:
    """Return a line in which all numbers, ids and spaces are alike; of an exit code the number counts."""
    return " ".join((line if line.startswith("exit code") else _NUMBER.sub("#", line)).split())
