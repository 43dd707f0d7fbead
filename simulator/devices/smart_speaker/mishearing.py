"""Mishearing: what a speech recogniser makes of spoken words, and where personal ones end up in it.

Errors fall on each word alike and are of three kinds: another word that sounds alike, none, or one too many.
How many there are depends on whose voice it is: 0.19 of the words for those whose way of speaking
recognisers know, 0.35 for others (Koenecke 2020, PNAS: five recognisers, white and Black speakers of the
United States).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from simulator.core.readings import Span
from simulator.core.seeds import Draws
from simulator.devices.smart_speaker.adult_speech import ADULT_TEMPLATES
from simulator.devices.smart_speaker.child_speech import CHILD_TEMPLATES
from simulator.devices.smart_speaker.slots import FRAGMENTS, PERSONAL, SLOTS
from simulator.world.particulars import Detail
from simulator.world.person import VoiceGroup

WORD_ERRORS: Mapping[VoiceGroup, float] = {VoiceGroup.FAMILIAR: 0.19, VoiceGroup.UNFAMILIAR: 0.35}
"""Errors for each spoken word (Koenecke 2020, PNAS)."""

SUBSTITUTED, LOST = 0.6, 0.25
"""Share of the errors that are another word, and none; the rest are words too many (assumption)."""

FILLERS = ("the", "a", "and", "uh", "to", "of", "it", "in", "please", "now")
"""Words that a recogniser hears in breath and noise."""

# Russell's sound classes (Soundex, US patent 1,261,167, 1918): letters of a class are easily confused.
_SOUNDS = {
    letter: sound
    for sound, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), start=1)
    for letter in letters
}
_NEIGHBOURS = dict(zip("bpdtgkvfzsmnlrjc", "pbtdkgfvsznmrlcj", strict=True))


class Word(NamedTuple):
    """A spoken word; `filling` is the number of the filled slot that it is part of, None if of none."""

    text: str
    filling: int | None = None


class Filling(NamedTuple):
    """What filled a slot of a template."""

    slot: str
    said: Detail


class Heard(NamedTuple):
    """What a recogniser made of some words: its own, and how many errors it made."""

    words: tuple[Word, ...]
    errors: int

    @property
    def transcript(self) -> str:
        """The words as text."""
        return " ".join(word.text for word in self.words)


def hear(words: Sequence[Word], voice: VoiceGroup, draws: Draws) -> Heard:
    """Return what a recogniser hears.

    Figures and addresses with an @ are lost rather than changed: a changed number could be somebody's.

    Args:
        words: what was said.
        voice: by whom.
        draws: the speaker's stream.
    """
    heard: list[Word] = []
    errors = 0
    rate = WORD_ERRORS[voice]
    for word in words:
        luck = draws.uniform() / rate
        if luck >= 1.0:
            heard.append(word)
            continue
        errors += 1
        if luck >= SUBSTITUTED + LOST:
            heard += (word, Word(draws.choice(FILLERS)))
        elif luck < SUBSTITUTED and not _is_code(word.text):
            heard.append(Word(draws.choice(sounds_like(word.text)), word.filling))
    return Heard(tuple(heard), errors)


def find_spans(heard: Heard, fillings: Sequence[Filling], person: str) -> list[tuple[str, Span]]:
    """Return where something personal stands in what was heard, each with the slot that it filled.

    Args:
        heard: what the recogniser made of it.
        fillings: by number.
        person: who said it.
    """
    bounds: dict[int, tuple[int, int]] = {}
    end = -1
    for word in heard.words:
        start, end = end + 1, end + 1 + len(word.text)
        if word.filling is not None:
            bounds[word.filling] = (bounds.get(word.filling, (start, end))[0], end)
    transcript = heard.transcript
    spans: list[tuple[str, Span]] = []
    for number, (start, end) in bounds.items():
        slot, said = fillings[number]
        if slot in PERSONAL:
            exact = said.exact and transcript[start:end] == said.text
            spans.append((slot, Span("transcript", start, end, str(said.type), person, said.number, exact)))
    return spans


@cache
def sounds_like(word: str) -> tuple[str, ...]:
    """Return words that are easily taken for a word: real ones with the same consonants, or one that is not.

    None of them is from anybody's particulars, so nothing personal is heard that was not said.
    """
    alike = tuple(other for other in _vocabulary().get(_skeleton(word), ()) if other != word.lower())
    return alike or (_slip(word),)


def _is_code(word: str) -> bool:
    return "@" in word or any(letter.isdigit() for letter in word)


def _skeleton(word: str) -> str:
    """Return the sounds of a word without its vowels, such as ``14`` of ``play`` and of ``fill``."""
    sounds = [str(_SOUNDS[letter]) for letter in word.lower() if letter in _SOUNDS]
    return "".join(sound for sound, before in zip(sounds, ["", *sounds], strict=False) if sound != before)


def _slip(word: str) -> str:
    """Return a word with one consonant taken for its neighbour, or with a breath before it."""
    for place, letter in enumerate(word):
        if letter.lower() in _NEIGHBOURS:
            other = _NEIGHBOURS[letter.lower()]
            return word[:place] + (other.upper() if letter.isupper() else other) + word[place + 1 :]
    return f"h{word}"


@cache
def _vocabulary() -> Mapping[str, Sequence[str]]:
    """Return every word that is nobody's own, by its skeleton."""
    words: dict[str, set[str]] = defaultdict(set)
    for word in _words(_texts()):
        words[_skeleton(word)].add(word)
    return {skeleton: sorted(alike) for skeleton, alike in words.items() if skeleton}


def _texts() -> Iterator[str]:
    for templates in chain(ADULT_TEMPLATES.values(), CHILD_TEMPLATES.values()):
        for template in templates:
            yield re.sub(r"\{\w+\}", " ", template)
    for slot, fillings in SLOTS.items():
        if slot not in PERSONAL:
            yield from fillings
    yield from FRAGMENTS


def _words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for word in text.lower().split():
            if not _is_code(word):
                yield word
