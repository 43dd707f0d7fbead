"""Verdicts: what a check concludes about a control, and what a scenario expects it to conclude."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What is to be concluded about a control.

    Attributes:
        HELD: it did what it is for, and there is evidence enough to say so.
        FAILED: it did not.
        UNTRUSTED: nothing may be concluded.
    """

    HELD = "held"
    FAILED = "failed"
    UNTRUSTED = "untrusted"
