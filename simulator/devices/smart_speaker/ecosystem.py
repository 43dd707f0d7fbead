"""Ecosystems: the makers whose assistant answers, and how their owners use it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ecosystem(StrEnum):
    """Whose assistant answers; all speakers of a home are of one."""

    RETAIL = "retail"
    """Like that of a large retailer, Amazon's Alexa."""
    SEARCH = "search"
    """Like that of a large search engine, Google's Assistant."""


RETAIL_SHARE = 0.63
"""Share of owning homes on the retailer's (Voicebot 2020: 53 against 31 % of American owners)."""


@dataclass(frozen=True, slots=True)
class Custom:
    """How the homes of one ecosystem use it.

    Attributes:
        days: share of days on which they do, on average.
        sessions: how often an hour, on such a day, the median person of the median home begins to talk to
            it, while near one.
    """

    days: float
    sessions: float


CUSTOMS = {
    Ecosystem.RETAIL: Custom(days=0.70, sessions=0.335),
    Ecosystem.SEARCH: Custom(days=0.30, sessions=0.465),
}
"""Ammari 2019 (TOCHI) gives both: 11.2 commands on a calendar day over 18.2 on an active one, and 6.8 over
23.2; `sessions` makes the latter out of the time that people are near a speaker."""
