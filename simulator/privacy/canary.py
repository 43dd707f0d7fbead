"""A canary: one piece of invented personal data that is known again wherever it turns up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.privacy.canary_type import CanaryType

_PUNCTUATION = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Canary:
    """One piece of a person's data.

    Attributes:
        type: what it stands for.
        person: whose it is.
        number: which of several of its type, from 0.
        value: as it is written in a message.
        core: the part of it that cannot be mistaken, in lower case and without anything but letters and
            digits. Members of a household share that of their name and of their address; some two hundred
            people in 50,000 share that of a MAC address, since only 256 are reserved.
    """

    type: CanaryType
    person: str
    number: int
    value: str
    core: str

    @property
    def compact(self) -> str:
        """The value in lower case and without anything but letters and digits."""
        return compact(self.value)


def compact(text: str) -> str:
    """Return a text in lower case and without anything but Latin letters and digits."""
    return _PUNCTUATION.sub("", text.lower())
