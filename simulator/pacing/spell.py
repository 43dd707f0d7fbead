"""Spells: stretches of time, such as those in which a device is connected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Spell(NamedTuple):
    """A stretch of time in seconds since the load began; it holds its begin and not its end.

    Attributes:
        begin: its first moment.
        end: the first moment after it, infinite if it does not end.
    """

    begin: float
    end: float


def joined(spells: Iterable[Spell]) -> Iterator[Spell]:
    """Yield spells in order of time with those in one that touch, and without empty ones."""
    open_one: Spell | None = None
    for spell in spells:
        if spell.begin >= spell.end:
            continue
        if open_one is not None and spell.begin <= open_one.end:
            open_one = Spell(open_one.begin, max(open_one.end, spell.end))
            continue
        if open_one is not None:
            yield open_one
        open_one = spell
    if open_one is not None:
        yield open_one


def common(some: Iterable[Spell], others: Iterable[Spell]) -> Iterator[Spell]:
    """Yield the spells that two series, each in order of time and perhaps endless, have in common."""
    one, other = iter(some), iter(others)
    a, b = next(one, None), next(other, None)
    while a is not None and b is not None:
        begin, end = max(a.begin, b.begin), min(a.end, b.end)
        if begin < end:
            yield Spell(begin, end)
        if a.end <= b.end:
            a = next(one, None)
        else:
            b = next(other, None)
