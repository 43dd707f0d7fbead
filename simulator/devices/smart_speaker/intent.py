"""What people want of a smart speaker, and how often."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from simulator.core.seeds import Draws


class Intent(StrEnum):
    """What the speaker takes an utterance for."""

    MUSIC = "music"
    SEARCH = "search"
    SMART_HOME = "smart_home"
    TIMER = "timer"
    WEATHER = "weather"
    NEWS = "news"
    CALL = "call"
    REMINDER = "reminder"
    SHOPPING_LIST = "shopping_list"
    FUN = "fun"
    CONTROL = "control"
    PURCHASE = "purchase"
    UNKNOWN = "unknown"
    """A command that was misheard so much that the speaker does not get it."""
    NONE = "none"
    """What follows a false wake."""


ADULT_WEIGHTS = {
    Intent.MUSIC: 0.28,
    Intent.SEARCH: 0.19,
    Intent.SMART_HOME: 0.16,
    Intent.TIMER: 0.1,
    Intent.WEATHER: 0.09,
    Intent.NEWS: 0.05,
    Intent.CALL: 0.04,
    Intent.REMINDER: 0.04,
    Intent.SHOPPING_LIST: 0.03,
    Intent.FUN: 0.02,
}
"""Music before search before smart home (Ammari 2019, TOCHI: order only); the numbers are assumptions."""

CHILD_WEIGHTS = {
    Intent.MUSIC: 0.36,
    Intent.SEARCH: 0.24,
    Intent.FUN: 0.24,
    Intent.SMART_HOME: 0.08,
    Intent.CALL: 0.05,
    Intent.TIMER: 0.03,
}
"""The same for children (assumption)."""

MORNING = (5.0, 10.0)
"""Local hours in which people ask for weather and news more often."""
MORNING_FACTOR = {Intent.WEATHER: 3.0, Intent.NEWS: 3.0}
"""How much more often (assumption)."""

CONTROLS = 0.35
"""Share of commands, while something plays, that are about what plays (assumption)."""


def choose(draws: Draws, *, child: bool, hour: float, playing: bool, buys: float) -> Intent:
    """Return what somebody wants.

    Args:
        draws: the speaker's stream.
        child: whether a child speaks.
        hour: local clock hour.
        playing: whether the speaker plays something now.
        buys: chance that what an adult wants is to buy something.
    """
    if playing and draws.chance(CONTROLS):
        return Intent.CONTROL
    if buys and not child and draws.chance(buys):
        return Intent.PURCHASE
    morning = MORNING[0] <= hour < MORNING[1]
    return draws.choice(*_wishes(child, morning))


@cache
def _wishes(child: bool, morning: bool) -> tuple[list[Intent], list[float]]:
    weights = dict(CHILD_WEIGHTS if child else ADULT_WEIGHTS)
    if morning:
        weights = {intent: weight * MORNING_FACTOR.get(intent, 1.0) for intent, weight in weights.items()}
    return list(weights), list(weights.values())
