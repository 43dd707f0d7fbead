"""Runs the command line as users do: in a process of its own."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

PATIENCE = 120.0
"""Seconds after which something that should happen is taken not to happen; far above what it takes."""


def start(
    *arguments: str | Path, cwd: Path | None = None, under: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """Start ``fleetsim`` with these arguments, under another command such as ``unshare`` if one is given."""
    return subprocess.Popen(
        [*under, sys.executable, "-m", "simulator", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=os.environ | {"COLUMNS": "80", "NO_COLOR": "1"},
    )


def fleetsim(
    *arguments: str | Path, code: int = 0, cwd: Path | None = None, under: Sequence[str] = ()
) -> tuple[str, str]:
    """Run ``fleetsim``; return what it wrote to stdout and stderr once it has ended with `code`."""
    process = start(*arguments, cwd=cwd, under=under)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, f"exit {process.returncode}\n{out}\n{err}"
    return out, err


def on_terminal(
    *arguments: str | Path, code: int = 0, columns: int = 80, cwd: Path | None = None, **variables: str
) -> str:
    """Run ``fleetsim`` on a terminal so many columns wide; return what it wrote there, without line feeds."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    usual = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env=usual | {"TERM": "xterm", "PYTHONUTF8": "1"} | variables,
    )
    os.close(theirs)
    said = bytearray()
    # A terminal whose last program has ended is an error to read from.
    with suppress(OSError):
        while piece := os.read(ours, 1 << 16):
            said += piece
    os.close(ours)
    text = said.decode().replace("\r\n", "\n")
    assert process.wait(PATIENCE) == code, text
    return text


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def read(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file."""
    content: dict[str, Any] = json.loads(path.read_text())
    return content
