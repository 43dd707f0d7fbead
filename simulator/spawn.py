"""Starts further processes of Fleetsim, also from within a program that is somebody else's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock
from types import ModuleType
from typing import Any

_MAIN = "__main__"
_one_at_a_time = Lock()


def pipe() -> tuple[Connection, Connection]:
    """Return the two ends of a wire between this process and one that it spawns."""
    return get_context("spawn").Pipe()


def spawn(target: Callable[..., object], *args: object, name: str) -> SpawnProcess:
    """Return a process that has begun to call `target`, and ends with this one.

    It knows nothing of the program that this process runs: a script that calls Fleetsim is not run again in
    it, whether it guards its own calls with ``if __name__ == "__main__"`` or not.

    Args:
        target: a function of a module that can be imported.
        args: what can be pickled, and is of no class that the program itself defines.
        name: of the process.
    """
    process = get_context("spawn").Process(target=target, args=args, name=name, daemon=True)
    with _program_hidden():
        process.start()
    return process


@contextmanager
def _program_hidden() -> Iterator[None]:
    """Put an empty module in the place of the program meanwhile: what is spawned would begin with it."""
    with _one_at_a_time:
        program: Any = sys.modules[_MAIN]
        sys.modules[_MAIN] = ModuleType(_MAIN)
        try:
            yield
        finally:
            sys.modules[_MAIN] = program
