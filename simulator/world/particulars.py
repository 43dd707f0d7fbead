"""Particulars: what a person would give away in conversation, as the rest of the world asks for it.

Whose they are and what they look like is the business of the privacy room, which the fleet hands in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from simulator.world.person import Person

CONTACTS = 3
"""How many people somebody mentions by name (assumption)."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A piece of personal data, as somebody says or writes it.

    Attributes:
        text: the words.
        type: of which canary it is, or which hazard it makes if it is part of none.
        number: which of the person's canaries of its type.
        exact: whether the words are the canary as it is, not only a part of it or another way to say it.
    """

    text: str
    type: str
    number: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whom a person knows; lives elsewhere."""

    name: Detail
    phone: Detail
    email: Detail
    address: Detail


@dataclass(frozen=True, slots=True)
class Ailment:
    """A chronic condition, what is taken for it, and where it is treated."""

    condition: Detail
    medicine: Detail
    clinic: Detail


class Particulars(Protocol):
    """What a person could tell about themselves; always the same.

    Attributes:
        person: id of the person.
    """

    @property
    def person(self) -> str:
        """Whose they are."""

    @property
    def name(self) -> Detail:
        """First name and surname."""

    @property
    def address(self) -> Detail:
        """House number, street and town."""

    @property
    def phone(self) -> Detail:
        """Telephone number."""

    @property
    def email(self) -> Detail:
        """E-mail address."""

    @property
    def birthday(self) -> Detail:
        """Day and month of birth, as one says it."""

    @property
    def ailment(self) -> Ailment | None:
        """What they have, None if they have nothing."""

    @property
    def doctor(self) -> Detail:
        """The general practitioner."""

    def contact(self, number: int) -> Contact:
        """Return one of the people whom they mention, by number below `CONTACTS`."""


ParticularsOf = Callable[[Person], Particulars]
"""Gives the particulars of a person."""


def unknown(person: Person) -> Particulars:
    """Know nothing of anybody.

    Raises:
        LookupError: always; who needs particulars has to be handed them.
    """
    raise LookupError(f"nobody has handed in the particulars of {person.id}")
