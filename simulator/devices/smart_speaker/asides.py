"""Asides: what people add to a command, of themselves or of nothing at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.core.seeds import Draws

ASIDES: Sequence[str] = (
    "this is {own_name}",
    "and call me back on {own_phone}",
    "and send it to {own_email}",
    "I live at {own_address}",
    "and tell {contact} about it",
    "and let {contact} know on {contact_phone}",
    "my birthday is {birthday}",
    "before I take my {medicine}",
    "I have {condition} you know",
)
"""Something of oneself; see `slots` for what fills the braces."""

SMALL_TALK: Mapping[int, Sequence[str]] = {
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
"""Words of each length that say nothing of anybody."""


def small_talk(words: Sequence[str], draws: Draws) -> list[str]:
    """Return as many words as those given and, in sum, as long, that say nothing of anybody.

    So that the length of what was said does not tell whether it is personal.
    """
    longest = max(SMALL_TALK)
    said: list[str] = []
    for word in words:
        rest = len(word)
        while rest > longest:
            said.append(draws.choice(SMALL_TALK[longest - 1]))
            rest -= longest  # a space goes with it
        if rest:
            said.append(draws.choice(SMALL_TALK[rest]))
    return said
