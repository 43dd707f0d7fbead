"""An utterance: what was said, and what the speaker made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from simulator.core.filler import filler_words
from simulator.core.readings import Hazard, Span, Value
from simulator.core.seeds import Draws
from simulator.devices.smart_speaker.adult_speech import ADULT_TEMPLATES
from simulator.devices.smart_speaker.asides import ASIDES
from simulator.devices.smart_speaker.child_speech import CHILD_TEMPLATES
from simulator.devices.smart_speaker.intent import Intent
from simulator.devices.smart_speaker.mishearing import Filling, Word, find_spans, hear
from simulator.devices.smart_speaker.slots import FRAGMENTS, PERSONAL, fill
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
        personal: in which ways the transcript is personal, such as ``name`` or ``health``; sorted.
        spans: where something personal stands in the transcript.
    """

    intent: Intent
    said: str
    transcript: str
    confidence: float
    seconds: float
    slots: tuple[tuple[str, str], ...] = ()
    personal: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Why the words are about somebody's privacy."""
        spoken: tuple[Hazard, ...] = (Hazard.VOICE, Hazard.TRANSCRIPT, Hazard.OCCUPANCY)
        if "health" in self.personal:
            spoken += (Hazard.HEALTH,)
        return (*spoken, Hazard.TRANSCRIPT_PII) if self.spans else spoken

    @property
    def truth(self) -> Mapping[str, Value]:
        """What the truth knows about the words: those really said, and in which ways they are personal."""
        personal: list[Value] = [*self.personal]
        return {"said": self.said, "personal": personal}


def compose_command(
    intent: Intent,
    child: bool,
    own: Particulars,
    voice: VoiceGroup,
    draws: Draws,
    candour: float | None = None,
) -> Utterance:
    """Return a command in an adult's or a child's words, and what the speaker makes of it.

    Args:
        intent: what the person wants.
        child: whether a child speaks.
        own: the particulars of who speaks.
        voice: how they speak.
        draws: the speaker's stream.
        candour: chance that they tell something personal; as people talk, if None.
    """
    templates = (CHILD_TEMPLATES if child else ADULT_TEMPLATES)[intent]
    if candour is None:
        words, fillings = _say(templates, own, draws)
    else:
        words, fillings = _say(_impersonal(templates), own, draws)
        _add_aside(words, fillings, own, draws, candour)
    seconds = round(0.5 + len(words) * SECONDS_PER_WORD * draws.uniform(0.8, 1.3), 1)
    heard = hear(words, voice, draws)
    share = min(heard.errors / len(words), 1.0)
    confidence = max(1.0 - 0.7 * share - min(draws.exponential(0.05), 0.3), 0.05)
    understood = share <= NOT_UNDERSTOOD or len(words) <= SHORT
    found = find_spans(heard, fillings, own.person)
    return Utterance(
        intent if understood and heard.words else Intent.UNKNOWN,
        " ".join(word.text for word in words),
        heard.transcript,
        round(confidence, 2),
        seconds,
        tuple((slot, said.text) for slot, said in fillings),
        tuple(sorted({PERSONAL[slot] for slot, _ in found})),
        tuple(span for _, span in found),
    )


def compose_nonsense(draws: Draws) -> Utterance:
    """Return what a false wake records: bits of talk or television, of which the speaker makes no sense."""
    seconds = min(draws.lognormal(*FALSE_SECONDS), LONGEST)
    words = [draws.choice(FRAGMENTS) for _ in range(1 + min(int(seconds / 2), 8))]
    transcript = " ".join(words)
    confidence = round(draws.uniform(0.05, 0.45), 2)
    return Utterance(Intent.NONE, transcript, transcript, confidence, round(seconds, 1))


@cache
def _impersonal(templates: Sequence[str]) -> Sequence[str]:
    """Return the templates with no slot for anything personal, of which each intent has some."""
    return tuple(template for template in templates if not PERSONAL.keys() & set(_parts(template)[1::2]))


def _add_aside(
    words: list[Word], fillings: list[Filling], own: Particulars, draws: Draws, candour: float
) -> None:
    """Let somebody add that their name is so, or, as often as needed, small talk of the same length."""
    if candour == 0.0:
        return
    aside, filled = _say(ASIDES, own, draws)
    if not filled:
        aside, filled = _say(ASIDES[:1], own, draws)  # a name, which everybody has
    if draws.chance(candour):
        words += (
            word if word.filling is None else Word(word.text, word.filling + len(fillings)) for word in aside
        )
        fillings += filled
    else:
        words += map(Word, filler_words([word.text for word in aside], draws))


def _say(templates: Sequence[str], own: Particulars, draws: Draws) -> tuple[list[Word], list[Filling]]:
    """Return the words of one of the templates, filled, and what filled it; slot by slot."""
    contact = draws.below(CONTACTS)
    for _ in range(TRIES):
        words: list[Word] = []
        fillings: list[Filling] = []
        for number, part in enumerate(_parts(draws.choice(templates))):
            if number % 2 == 0:
                words += map(Word, part.split())
                continue
            filling = fill(part, own, contact, draws)
            if filling is None:
                break
            words += (Word(word, len(fillings)) for word in filling.text.split())
            fillings.append(Filling(part, filling))
        else:
            return words, fillings
    return [Word("never"), Word("mind")], []
