"""What a device observed, and what is true about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

Value = str | int | float | bool | None | list[Any] | dict[str, Any]


class Hazard(StrEnum):
    """Why a message is about a person's privacy; natural hazards of the stream itself."""

    HEALTH = "health"
    PRECISE_LOCATION = "precise_location"
    SLEEP = "sleep"
    OCCUPANCY = "occupancy"
    VOICE = "voice"
    TRANSCRIPT = "transcript"
    CHILD = "child"
    PURCHASE = "purchase"


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One observation of one device, before it becomes a message.

    A msgspec Struct rather than a dataclass: it is made once a message, and costs a fifth as much.

    Attributes:
        at: event time, simulated seconds; at or before the moment it is sent.
        event: what kind of observation, such as ``heart_rate``; also the last topic level.
        values: the fields of the payload, as the device reports them.
        person: whose data it is, or None when it is nobody's.
        household: whose home it is about, or None.
        place: where it was observed: a place id, or None.
        hazards: why it is personal.
        facts: what only the truth may know, such as who spoke or why an item left the shelf.
    """

    at: float
    event: str
    values: Mapping[str, Value]
    person: str | None = None
    household: str | None = None
    place: str | None = None
    hazards: tuple[Hazard, ...] = ()
    facts: Mapping[str, Value] | None = None
