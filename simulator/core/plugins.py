"""Finds families, payload formats and the rest by entry point, so that nothing names them in code."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import Any

from simulator.core.errors import RunFailedError


@cache
def kinds(group: str) -> tuple[str, ...]:
    """Return the names installed under an entry point group such as ``simulator.devices``, sorted."""
    return tuple(sorted({entry.name for entry in entry_points(group=group)}))


@cache
def load(group: str, kind: str) -> Any:
    """Return the object that a group knows by this name.

    Raises:
        KeyError: no such name is installed.
        RunFailedError: it is installed but cannot be imported.
    """
    for entry in entry_points(group=group, name=kind):
        try:
            return entry.load()
        except Exception as error:
            raise RunFailedError(f"{group} {kind!r} ({entry.value}) cannot be loaded: {error}") from error
    raise KeyError(kind)
