"""What the process has used of the machine."""

from __future__ import annotations

import resource
import sys


def peak_rss_bytes() -> int:
    """Return the most memory that was resident at any time, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def cpu_seconds() -> float:
    """Return the processor time of this process, user and system, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
