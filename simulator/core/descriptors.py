"""The file limit: a socket for every device, and what to say when there are too few."""

from __future__ import annotations

import resource

from simulator.core.errors import RunFailedError

RESERVED = 64
"""Descriptors kept for everything but device connections: files, the metrics endpoint, the event loop."""

_CEILING = 1 << 20
"""Enough for any fleet in one process, and what Linux grants at most by default (fs.nr_open)."""

_MACOS_CEILING = 10_240
"""macOS calls its hard limit infinite, but grants no more than OPEN_MAX."""


def descriptor_room() -> int:
    """Raise the soft file limit as far as the hard one allows; return how many connections now fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ceiling = _CEILING if hard == resource.RLIM_INFINITY else min(hard, _CEILING)
    for limit in (ceiling, min(ceiling, _MACOS_CEILING)):
        if soft == resource.RLIM_INFINITY or soft >= limit:
            break
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        except (ValueError, OSError):
            continue
        soft = limit
    return (_CEILING if soft == resource.RLIM_INFINITY else soft) - RESERVED


def require_descriptors(connections: int) -> None:
    """Raise the soft file limit and make sure that so many connections fit under it.

    Raises:
        RunFailedError: they do not; tells how many would.
    """
    room = descriptor_room()
    if connections > room:
        raise RunFailedError(
            f"{connections:,} connections need more open files than this system allows: "
            f"its hard limit has room for {room:,} (ulimit -Hn). "
            f"Raise the hard limit, or simulate fewer devices, for example with --scale."
        )
