"""What canaries look like."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """What canaries look like.

    Attributes:
        RECOGNISABLE: like the data that they stand for, so that detectors of such data see them.
        UNMISTAKABLE: so that nobody who reads one takes it for a person's data.
    """

    RECOGNISABLE = "recognisable"
    UNMISTAKABLE = "unmistakable"
