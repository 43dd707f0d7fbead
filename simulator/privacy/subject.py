"""Whose data a canary is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """As much about a person as their personal data depends on.

    Attributes:
        person: id of the person.
        household: id of the household; its members share an address and a surname.
        female: whether the person is called by a woman's name.
        born: year of birth.
    """

    person: str
    household: str
    female: bool
    born: int
