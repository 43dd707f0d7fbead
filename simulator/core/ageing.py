"""How fast the machines of a world wear out."""

from __future__ import annotations

from enum import StrEnum


class Ageing(StrEnum):
    """The load under which bearings run."""

    SERVICE = "service"
    """As in a shop: they last for years, and of many a few are about to fail at any time."""

    ACCELERATED = "accelerated"
    """As in a life test: every motor's bearing carries the test's load and lasts for days or weeks, and each
    shop has a test rig beside them, so that a run shows whole lives."""
