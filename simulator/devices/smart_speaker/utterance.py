"""An utterance: what was said, and what the speaker made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from simulator.core.readings import Hazard, Value
from simulator.core.seeds import Draws
from simulator.devices.smart_speaker.adult_speech import ADULT_TEMPLATES
from simulator.devices.smart_speaker.child_speech import CHILD_TEMPLATES
from simulator.devices.smart_speaker.intent import Intent
from simulator.devices.smart_speaker.mishearing import Span, Word, find_spans, hear
from simulator.devices.smart_speaker.slots import FRAGMENTS, fill
from simulator.world.particulars import CONTACTS, Particulars
from simulator.world.person import VoiceGroup

NOT_UNDERSTOOD = 2 / 3
"""Share of misheard words above which a speaker does not get what is wanted (assumption)."""
SHORT = 2
"""Words of the shortest commands, which are few and are told apart however they sound."""
TRIES = 8
"""How many sentences somebody thinks of before they find one that suits them."""
SECONDS_PER_WORD = 0.4
"""150 words a minute, the pace of speech."""
FALSE_SECONDS = (4.0, 0.715)
"""Median and log-SD of the length of a false recording: a tenth lasts 10 s or more (Dubois 2020, PoPETs)."""
LONGEST = 60.0
"""Seconds after which a recording is cut."""

_SLOT = re.compile(r"\{(\w+)\}")


@cache
def _parts(template: str) -> list[str]:
    """Return words and names of slots in turn."""
    return _SLOT.split(template)


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
        spans: where something personal stands in the transcript.
    """

    intent: Intent
    said: str
    transcript: str
    confidence: float
    seconds: float
    slots: tuple[tuple[str, str], ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def personal(self) -> list[str]:
        """In which ways the transcript is personal, such as ``name`` or ``health``; empty if it is not."""
        return sorted({span.type for span in self.spans})

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Why the words are about somebody's privacy."""
        spoken = (Hazard.VOICE, Hazard.TRANSCRIPT, Hazard.OCCUPANCY)
        return (*spoken, Hazard.HEALTH) if any(span.type == "health" for span in self.spans) else spoken

    @property
    def truth(self) -> Mapping[str, Value]:
        """What the truth knows about the words: those really said, and where the personal ones stand."""
        personal: list[Value] = [*self.personal]
        spans: list[Value] = [{"field": "transcript", **span._asdict()} for span in self.spans]
        return {"said": self.said, "personal": personal, "spans": spans}


def compose_command(
    intent: Intent, child: bool, own: Particulars, voice: VoiceGroup, draws: Draws
) -> Utterance:
    """Return a command in an adult's or a child's words, and what the speaker makes of it.

    Args:
        intent: what the person wants.
        child: whether a child speaks.
        own: the particulars of who speaks.
        voice: how they speak.
        draws: the speaker's stream.
    """
    words, slots = _say((CHILD_TEMPLATES if child else ADULT_TEMPLATES)[intent], own, draws)
    seconds = round(0.5 + len(words) * SECONDS_PER_WORD * draws.uniform(0.8, 1.3), 1)
    heard = hear(words, voice, draws)
    share = min(heard.errors / len(words), 1.0)
    confidence = max(1.0 - 0.7 * share - min(draws.exponential(0.05), 0.3), 0.05)
    understood = share <= NOT_UNDERSTOOD or len(words) <= SHORT
    return Utterance(
        intent if understood and heard.words else Intent.UNKNOWN,
        " ".join(word.text for word in words),
        heard.transcript,
        round(confidence, 2),
        seconds,
        tuple(slots),
        tuple(find_spans(heard, slots)),
    )


def compose_nonsense(draws: Draws) -> Utterance:
    """Return what a false wake records: bits of talk or television, of which the speaker makes no sense."""
    seconds = min(draws.lognormal(*FALSE_SECONDS), LONGEST)
    words = [draws.choice(FRAGMENTS) for _ in range(1 + min(int(seconds / 2), 8))]
    transcript = " ".join(words)
    confidence = round(draws.uniform(0.05, 0.45), 2)
    return Utterance(Intent.NONE, transcript, transcript, confidence, round(seconds, 1))


def _say(
    templates: Sequence[str], own: Particulars, draws: Draws
) -> tuple[list[Word], list[tuple[str, str]]]:
    """Return the words of one of the templates, filled, and what filled it; slot by slot."""
    contact = draws.below(CONTACTS)
    for _ in range(TRIES):
        words: list[Word] = []
        slots: list[tuple[str, str]] = []
        for number, part in enumerate(_parts(draws.choice(templates))):
            if number % 2 == 0:
                words += map(Word, part.split())
                continue
            filling = fill(part, own, contact, draws)
            if filling is None:
                break
            words += (Word(word, len(slots)) for word in filling.split())
            slots.append((part, filling))
        else:
            return words, slots
    return [Word("never"), Word("mind")], []
