"""False wakes: the words of talk and television that a speaker hears, and those that sound like its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from simulator.core.units import MINUTE
from simulator.devices.smart_speaker.room import EARSHOT, Room
from simulator.world.household import Household

WAKES_PER_WORD = 1.43 / 10_000
"""False wakes for each word heard (Dubois 2020, PoPETs, "When Speakers Are All Ears")."""
TELEVISION_WORDS = 150.0
"""Words a minute of a television (Dubois 2020 played dialogue-heavy shows)."""
TALK_WORDS = 60.0
"""Words a minute of people at home together, shared by all of them, pauses included (assumption)."""


class Cause(StrEnum):
    """What woke the speaker."""

    COMMAND = "command"
    TELEVISION = "television"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class FalseWakes:
    """What a speaker in one room hears: words a second of the television and of talk, while there is any."""

    television: float
    talk: float

    @staticmethod
    @cache
    def heard_in(room: Room) -> FalseWakes:
        """Return what is heard in a room while the television runs and while people talk."""
        share = EARSHOT[room] / MINUTE
        return FalseWakes(TELEVISION_WORDS * share, TALK_WORDS * share)

    @property
    def ceiling(self) -> float:
        """False wakes a second while there is both."""
        return (self.television + self.talk) * WAKES_PER_WORD

    def words(self, household: Household) -> float:
        """Return the words a second that are heard now."""
        return self.television * household.television_on + self.talk * household.talking

    def cause(self, household: Household, share: float) -> Cause | None:
        """Thin a candidate: return what caused it now, or None if there is nothing that could have.

        Args:
            household: what goes on at home.
            share: uniform draw in [0, ceiling).
        """
        if share < self.television * WAKES_PER_WORD:
            return Cause.TELEVISION if household.television_on else None
        return Cause.TALK if household.talking else None
