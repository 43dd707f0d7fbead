"""How much a household talks to its speakers."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.core.seeds import Draws
from simulator.core.units import HOUR
from simulator.devices.smart_speaker.transcripts import CONTACTS

COMMANDS_PER_DAY = (5.2, 1.3)
"""Median and log-SD between households of the commands on a calendar day.

The spread is that of Ammari 2019 (TOCHI, Google owners: mean 23.2 and median 10.0 on an active day); the
median is set so that the mean is 11 (11.2 on Alexa).
"""
MOST_COMMANDS = 100.0
"""Commands a day that no household exceeds on average."""
ACTIVE_DAYS = 0.65
"""Share of days on which a speaker is used (Ammari 2019: 11.2 commands a day, 18.2 on an active one)."""
AWAKE_AT_HOME = 15.2
"""Hours a day in which somebody is awake at home, on average over the households of the world."""
BUYERS = 0.02
"""Share of owners who buy by voice (The Information 2018)."""
KNOWN_CONTACTS = 4
"""How many people a household mentions by name."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a household does with its speakers.

    Attributes:
        rate: commands a second on an active day, while somebody is awake at home; all speakers together.
        buys: whether its adults buy by voice.
        contacts: names that it mentions.
    """

    rate: float
    buys: bool
    contacts: tuple[str, ...]

    @staticmethod
    def draw(draws: Draws) -> Usage:
        """Return the habits of one household."""
        commands = min(draws.lognormal(*COMMANDS_PER_DAY), MOST_COMMANDS)
        first = draws.below(len(CONTACTS))
        return Usage(
            rate=commands / (ACTIVE_DAYS * AWAKE_AT_HOME * HOUR),
            buys=draws.chance(BUYERS),
            contacts=tuple(CONTACTS[(first + 5 * n) % len(CONTACTS)] for n in range(KNOWN_CONTACTS)),
        )
