"""Anchors: what every core holds, so that all cores in a text are found by a handful of plain searches.

The number of people does not matter to the search: what it turns up is then looked up in the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.privacy.token import SENTINEL, TOKEN_LENGTH, WORD_LENGTH


@dataclass(frozen=True, slots=True)
class Shape:
    """What a core looks like.

    Attributes:
        lead: characters of it before its anchor.
        pattern: matches it from its first character on; its groups make up the core.
    """

    lead: int
    pattern: re.Pattern[bytes]


def _shape(pattern: str, lead: int = 0) -> Shape:
    return Shape(lead, re.compile(pattern.encode()))


ANCHORS: Mapping[bytes, Sequence[Shape]] = {
    SENTINEL.encode(): (_shape(f"([a-z0-9]{{{TOKEN_LENGTH}}})"), _shape(f"([a-z]{{{WORD_LENGTH}}})")),
    b"424242": (_shape(r"(424242\d{10})"), _shape(r"(2424242\d{11})", lead=1)),
    b"55501": (_shape(r"(\d{3}55501\d\d)[a-z]{0,9}(\d{6})", lead=3),),
    b"t1337": (_shape(r"(\d{8}t1337\d{5})", lead=8),),
    b"00005e0053": (_shape(r"(00005e0053[0-9a-f]{2})"),),
}
"""Which shapes of cores go with each anchor."""


def find_cores(compact: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield where each thing that looks like a core begins and ends in a compact text, and the core."""
    find = compact.find
    for anchor, shapes in ANCHORS.items():
        at = find(anchor)
        while at >= 0:
            for shape in shapes:
                if at >= shape.lead and (found := shape.pattern.match(compact, at - shape.lead)):
                    yield found.start(), found.end(), b"".join(found.groups()).decode()
            at = find(anchor, at + 1)
