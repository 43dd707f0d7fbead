"""Filler: words that say nothing of anybody, as long as those that do."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence

from simulator.core.seeds import Draws

FILLER: Mapping[int, Sequence[str]] = {
    1: ("a", "I"),
    2: ("so", "if", "it", "do", "to", "as", "we", "at"),
    3: ("and", "now", "for", "the", "all", "one", "yes"),
    4: ("then", "just", "once", "time", "that", "more", "soon"),
    5: ("maybe", "again", "today", "later", "right", "quick"),
    6: ("please", "really", "almost", "before", "around"),
    7: ("tonight", "already", "another", "perhaps", "quickly"),
    8: ("tomorrow", "probably", "whenever", "actually"),
    9: ("sometimes", "certainly", "otherwise", "meanwhile"),
    10: ("definitely", "absolutely", "completely"),
}
"""Words by their length."""

_LONGEST = max(FILLER)


def filler_words(words: Sequence[str], draws: Draws) -> Iterator[str]:
    """Yield words that are together as long as those given, with a space between any two.

    Args:
        words: those given.
        draws: what is left to chance.
    """
    for word in words:
        rest = len(word)
        while rest > _LONGEST:
            yield draws.choice(FILLER[_LONGEST - 1])
            rest -= _LONGEST  # a space goes with it
        if rest:
            yield draws.choice(FILLER[rest])


def opaque(length: int, draws: Draws) -> str:
    """Return that many letters and digits that mean nothing."""
    data = draws.generator().bytes(length)
    return base64.b32encode(data).decode()[:length]
