"""Readings that could be a device's own: copies of what one has said, a little different."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from simulator.core.readings import Abuse, Reading, Value
from simulator.core.seeds import Draws

SPREAD = 0.03
"""By how much a copied number differs: about what two readings of one sensor do (assumption)."""

_USUAL: Mapping[str, Value] = {"version": "1.0.0"}
"""What every device can say at any time: the firmware that it was made with."""


class Heard(NamedTuple):
    """A reading as a device has said it.

    Attributes:
        reading: what it said.
        age: seconds after it was observed; devices that hand in what they have stored are behind.
    """

    reading: Reading
    age: float


def copied(of: Heard | None, now: float, draws: Draws, campaign: str) -> Reading:
    """Return a reading to be said now that looks like another one, as old as that was, and is nobody's.

    Args:
        of: the other; what any device could say if None.
        now: simulated seconds.
        draws: the copyist's.
        campaign: label of the attack.
    """
    abuse = Abuse(campaign)
    if of is None:
        return Reading(now, "firmware", _USUAL, abuse=abuse)
    values = {name: blurred(value, draws) for name, value in of.reading.values.items()}
    return Reading(now - of.age, of.reading.event, values, abuse=abuse)


def blurred(value: Value, draws: Draws, spread: float = SPREAD) -> Value:
    """Return a number that is a little different, of the same type and as many digits; all else as it is."""
    return scaled(value, 1.0 + draws.normal(0.0, spread))


def scaled(value: Value, factor: float, offset: float = 0.0) -> Value:
    """Return a number times a factor and with an offset, with as many digits; all else as it is."""
    match value:
        case bool():
            return value
        case int():
            return round(value * factor + offset)
        case float():
            return round(value * factor + offset, _digits(value))
        case _:
            return value


def _digits(value: float) -> int:
    text = repr(value)
    return len(text.partition(".")[2]) if "e" not in text else 6


def with_truth(reading: Reading, values: Mapping[str, Value], campaign: str) -> Reading:
    """Return a reading with other values; the truth keeps the clean ones that were changed, as ``clean``."""
    clean = {name: value for name, value in reading.values.items() if values.get(name) != value}
    facts = {**(reading.facts or {}), "clean": clean}
    return msgspec.structs.replace(reading, values=values, facts=facts, abuse=Abuse(campaign))
