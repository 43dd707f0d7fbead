"""An utterance: what was said, and what the speaker made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.core.readings import Hazard
from simulator.core.seeds import Draws
from simulator.devices.smart_speaker.intent import Intent
from simulator.devices.smart_speaker.transcripts import (
    ADULT_TEMPLATES,
    CHILD_TEMPLATES,
    FRAGMENTS,
    PERSONAL,
    SLOTS,
)

MISHEARD = 0.05
"""Share of commands that the speaker does not get; with false wakes 11 to 17 % of the log (Ammari 2019)."""
LOST_WORDS = 0.4
"""Share of words that are lost in those (assumption)."""
SECONDS_PER_WORD = 0.4
"""150 words a minute, the pace of speech."""
FALSE_SECONDS = (4.0, 0.715)
"""Median and log-SD of the length of a false recording: a tenth lasts 10 s or more (Dubois 2020, PoPETs)."""
LONGEST = 60.0
"""Seconds after which a recording is cut."""

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said, and what the speaker made of it.

    Attributes:
        intent: what the speaker takes it for.
        said: the words.
        transcript: the words as the speaker understood them.
        confidence: of the speaker in its transcript, 0 to 1.
        seconds: length of the recording.
        slots: what filled the template's slots, by slot.
    """

    intent: Intent
    said: str
    transcript: str
    confidence: float
    seconds: float
    slots: tuple[tuple[str, str], ...] = ()

    @property
    def personal(self) -> list[str]:
        """In which ways the words are personal, such as ``name`` or ``health``; empty if they are not."""
        return sorted({PERSONAL[slot] for slot, _ in self.slots if slot in PERSONAL})

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Why the words are about somebody's privacy."""
        spoken = (Hazard.VOICE, Hazard.TRANSCRIPT, Hazard.OCCUPANCY)
        return (*spoken, Hazard.HEALTH) if "health" in self.personal else spoken


def compose_command(intent: Intent, child: bool, contacts: Sequence[str], draws: Draws) -> Utterance:
    """Return a command in an adult's or a child's words.

    Args:
        intent: what the person wants.
        child: whether a child speaks.
        contacts: names that this household mentions.
        draws: the speaker's stream.
    """
    slots: list[tuple[str, str]] = []

    def fill(found: re.Match[str]) -> str:
        slot = found[1]
        filling = draws.choice(contacts if slot == "contact" else SLOTS[slot])
        slots.append((slot, filling))
        return filling

    template = draws.choice((CHILD_TEMPLATES if child else ADULT_TEMPLATES)[intent])
    said = _SLOT.sub(fill, template)
    seconds = round(0.5 + len(said.split()) * SECONDS_PER_WORD * draws.uniform(0.8, 1.3), 1)
    if draws.chance(MISHEARD):
        kept = [word for word in said.split() if not draws.chance(LOST_WORDS)]
        confidence = draws.uniform(0.2, 0.6)
        return Utterance(Intent.UNKNOWN, said, " ".join(kept), round(confidence, 2), seconds, tuple(slots))
    confidence = 1.0 - min(draws.exponential(0.06), 0.4)
    return Utterance(intent, said, said, round(confidence, 2), seconds, tuple(slots))


def compose_nonsense(draws: Draws) -> Utterance:
    """Return what a false wake records: bits of talk or television, of which the speaker makes no sense."""
    seconds = min(draws.lognormal(*FALSE_SECONDS), LONGEST)
    words = [draws.choice(FRAGMENTS) for _ in range(1 + min(int(seconds / 2), 8))]
    transcript = " ".join(words)
    confidence = round(draws.uniform(0.05, 0.45), 2)
    return Utterance(Intent.NONE, transcript, transcript, confidence, round(seconds, 1))
