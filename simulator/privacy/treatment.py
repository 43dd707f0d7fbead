"""Treatment: what a right control does with a message that may pass, given why it is personal."""

from __future__ import annotations

from functools import cache

from simulator.core.purposes import Purpose
from simulator.core.readings import Hazard
from simulator.core.records import Expectation

NEEDLESS = frozenset(
    {
        Hazard.PAYLOAD_IDENTIFIER,
        Hazard.TOPIC_IDENTIFIER,
        Hazard.USER_PROPERTY_IDENTIFIER,
        Hazard.OVER_COLLECTION,
    }
)
"""What no purpose needs, not even the service."""

IN_WORDS = frozenset({Hazard.TRANSCRIPT_PII, Hazard.NOTE_PII})
"""Personal data that people themselves have told, and that the service alone needs."""


@cache
def treatment(purpose: Purpose, hazards: tuple[Hazard, ...]) -> Expectation:
    """Return what is done with a message that its people allow to be used.

    The service may have what it is made of; whatever else data is used for can do without names, without
    ids that link what comes from one home, and without positions that show the house.

    Args:
        purpose: what it is used for.
        hazards: of the message.
    """
    found = set(hazards)
    if found & NEEDLESS:
        return Expectation.REDACT
    if purpose is Purpose.SERVICE:
        return Expectation.ALLOW
    if found & IN_WORDS:
        return Expectation.REDACT
    if Hazard.LINKED_ID in found:
        return Expectation.TOKENISE
    return Expectation.COARSEN if Hazard.PRECISE_LOCATION in found else Expectation.ALLOW
