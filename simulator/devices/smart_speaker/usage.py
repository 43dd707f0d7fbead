"""How much the people of a household talk to their speakers.

Who talks, and when, comes from people: each has a keenness, a home has a habit and good and bad days, and
all of it counts only while somebody is near a speaker. Keenness is spread so widely that a few people make
most of the commands, as in the logs of Ammari 2019 (TOCHI): mean 23.2 and median 10.0 commands on an active
day, which is a log-SD of 1.30 over homes and days together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from simulator.core.seeds import Draws
from simulator.core.units import HOUR
from simulator.devices.smart_speaker.ecosystem import CUSTOMS, Ecosystem
from simulator.devices.smart_speaker.voice_match import enrol
from simulator.world.household import Household

KEENNESS_LOG_SD, HOME_LOG_SD, DAY_LOG_SD = 0.9, 0.75, 0.7
"""Spread between people, homes and days (assumptions that together make the 1.30 of Ammari 2019)."""
LEAST_HABIT = 1.5
"""How alike homes are in how many days they use it: the sum of the parameters of a beta distribution
(assumption: some use it daily, some have nearly forgotten it)."""
MOST_SESSIONS = 6.0
"""Sessions an hour that nobody begins in the median mood, however keen (assumption)."""

SPEAKING_AGE = 4
"""Years from which a child talks to a speaker."""
GUEST = 0.5
"""How much a guest uses it, as a share of what the household does (assumption)."""

FOLLOW_UP = 0.3
"""Chance that a command is followed by another at once (assumption)."""

WILLING = 0.11
PURCHASES_A_YEAR = 0.3
"""Share of owning homes that would buy by voice at all, and how often they do.

Of the owners 2 % had bought by voice in the first eight months of 2018, and 90 % of these did not do so again
(The Information 2018). With purchases at random, a rate of 0.3 a year makes 18 % of the willing buy within
eight months, nine in ten of those once; so 11 % are willing.
"""
NEAR = 6.0
"""Hours a day for which somebody's rate of sessions holds, on the days of use of all moods, less what is said
about what plays (measured over 700 homes); turns purchases a year into a chance for each command."""

Mood = Callable[[int], float]
"""How much a household talks to its speakers on a local day, 1 on the median one, 0 if not at all."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a household does with its speakers.

    Attributes:
        rates: how often a second each member begins to talk to a speaker that is near, in the median mood.
        mood: of each day.
        buys: chance that a command of an adult is a purchase.
        profiles: number of each member's voice profile, None for who has none.
    """

    rates: tuple[float, ...]
    mood: Mood
    buys: float = 0.0
    profiles: tuple[int | None, ...] = ()

    @property
    def guest_rate(self) -> float:
        """How often a second a guest begins to talk to a speaker."""
        return GUEST * sum(self.rates) / len(self.rates)

    @staticmethod
    def draw(draws: Callable[[str, str], Draws], household: Household, ecosystem: Ecosystem) -> Usage:
        """Return the habits of one household.

        Args:
            draws: gives a stream for a purpose and an entity.
            household: whose.
            ecosystem: of its speakers.
        """
        custom, home = CUSTOMS[ecosystem], draws("usage", household.id)
        level = home.lognormal(custom.sessions, HOME_LOG_SD)
        days = float(home.generator().beta(LEAST_HABIT * custom.days, LEAST_HABIT * (1.0 - custom.days)))
        rates = tuple(
            min(level * draws("keenness", person.id).lognormal(1.0, KEENNESS_LOG_SD), MOST_SESSIONS) / HOUR
            if person.age >= SPEAKING_AGE
            else 0.0
            for person in household.members
        )
        commands = sum(rates) / (1.0 - FOLLOW_UP) * days * NEAR * HOUR
        willing = home.chance(WILLING)
        return Usage(
            rates=rates,
            mood=partial(_mood, draws, household.id, days),
            buys=min(PURCHASES_A_YEAR / (365.0 * commands), 1.0) if willing and commands else 0.0,
            profiles=enrol(household.members, home),
        )


def _mood(draws: Callable[[str, str], Draws], household: str, days: float, day: int) -> float:
    today = draws("mood", f"{household}/{day}")
    return today.lognormal(1.0, DAY_LOG_SD) if today.chance(days) else 0.0
