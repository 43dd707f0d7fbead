"""What a device observed, and what is true about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

Value = str | int | float | bool | None | list[Any] | dict[str, Any]


class Hazard(StrEnum):
    """Why a message is about a person's privacy: as the stream is by nature, then what is put into it."""

    HEALTH = "health"
    PRECISE_LOCATION = "precise_location"
    SLEEP = "sleep"
    OCCUPANCY = "occupancy"
    VOICE = "voice"
    TRANSCRIPT = "transcript"
    CHILD = "child"
    PURCHASE = "purchase"
    TRANSCRIPT_PII = "transcript_pii"
    NOTE_PII = "note_pii"
    PAYLOAD_IDENTIFIER = "payload_identifier"
    TOPIC_IDENTIFIER = "topic_identifier"
    CLIENT_ID_IDENTIFIER = "client_id_identifier"
    USER_PROPERTY_IDENTIFIER = "user_property_identifier"
    WILL_IDENTIFIER = "will_identifier"
    LINKED_ID = "linked_id"
    LINKED_TIMING = "linked_timing"
    OVER_COLLECTION = "over_collection"
    RETAINED = "retained"
    AFTER_WITHDRAWAL = "after_withdrawal"

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        return _HAZARDS[self]


_HAZARDS = {
    Hazard.HEALTH: "What tells of somebody's health, such as a pulse.",
    Hazard.PRECISE_LOCATION: "Where somebody is, to the metre.",
    Hazard.SLEEP: "How somebody sleeps.",
    Hazard.OCCUPANCY: "What shows who is at home.",
    Hazard.VOICE: "Somebody's voice was heard.",
    Hazard.TRANSCRIPT: "What somebody said, in words.",
    Hazard.CHILD: "What is about a child.",
    Hazard.PURCHASE: "What somebody took from a shelf.",
    Hazard.TRANSCRIPT_PII: "Personal data in what somebody said.",
    Hazard.NOTE_PII: "Personal data in what somebody wrote.",
    Hazard.PAYLOAD_IDENTIFIER: "A serial number, MAC address, account or loyalty number in the payload.",
    Hazard.TOPIC_IDENTIFIER: "An account or serial number in the topic.",
    Hazard.CLIENT_ID_IDENTIFIER: "A client id that begins with an identifier.",
    Hazard.USER_PROPERTY_IDENTIFIER: "An account in a user property of MQTT 5.",
    Hazard.WILL_IDENTIFIER: "An account in the will.",
    Hazard.LINKED_ID: "An id that several devices of a home share.",
    Hazard.LINKED_TIMING: "Devices of a home that send at the same moments.",
    Hazard.OVER_COLLECTION: "Name, date of birth and telephone number, which nobody needs.",
    Hazard.RETAINED: "A message that the broker keeps.",
    Hazard.AFTER_WITHDRAWAL: "A message of a device whose people have withdrawn their consent.",
}


class Span(msgspec.Struct, frozen=True, gc=False):
    """Where something personal stands in a message.

    Attributes:
        field: dotted path into the payload's values, or ``topic``, ``client_id``, ``user_property.NAME`` or
            ``will`` (its payload as text).
        start: first character, in the text at that field; of a number, in its JSON.
        end: the character after the last.
        type: of which canary it is, or the hazard's name if of none.
        person: whose it is, None if nobody's alone.
        number: which of the person's canaries of its type.
        exact: whether the text is the canary's value as it is; else it was misheard, or is said otherwise.
    """

    field: str
    start: int
    end: int
    type: str
    person: str | None = None
    number: int = 0
    exact: bool = True


class Abuse(msgspec.Struct, frozen=True):
    """What an attack has to do with a reading.

    Attributes:
        campaign: label of the attack.
        shown: simulated seconds that the payload gives as its event time; None for the true one.
    """

    campaign: str
    shown: float | None = None


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
        spans: where in the values something personal stands.
        abuse: the attack that it is part of, None if of none.
    """

    at: float
    event: str
    values: Mapping[str, Value]
    person: str | None = None
    household: str | None = None
    place: str | None = None
    hazards: tuple[Hazard, ...] = ()
    facts: Mapping[str, Value] | None = None
    spans: tuple[Span, ...] = ()
    abuse: Abuse | None = None
