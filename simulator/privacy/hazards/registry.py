"""All hazards, in the order in which they are put into a device's messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.core.readings import Hazard
from simulator.privacy.exposure import Bearer, Exposure
from simulator.privacy.hazards.after_withdrawal import AfterWithdrawal
from simulator.privacy.hazards.client_id_identifier import ClientIdIdentifier
from simulator.privacy.hazards.knob import Knob
from simulator.privacy.hazards.linked_id import LinkedId
from simulator.privacy.hazards.linked_timing import LinkedTiming
from simulator.privacy.hazards.note_pii import NotePii
from simulator.privacy.hazards.over_collection import OverCollection
from simulator.privacy.hazards.payload_identifier import PayloadIdentifier
from simulator.privacy.hazards.precise_location import PreciseLocation
from simulator.privacy.hazards.reported import Reported
from simulator.privacy.hazards.retained import Retained
from simulator.privacy.hazards.topic_identifier import TopicIdentifier
from simulator.privacy.hazards.transcript_pii import TranscriptPii
from simulator.privacy.hazards.user_property_identifier import UserPropertyIdentifier
from simulator.privacy.hazards.will_identifier import WillIdentifier

HAZARDS: Sequence[Knob] = (
    AfterWithdrawal(),
    Reported(Hazard.HEALTH),
    Reported(Hazard.CHILD),
    Reported(Hazard.SLEEP),
    Reported(Hazard.OCCUPANCY),
    PreciseLocation(),
    TranscriptPii(),
    NotePii(),
    PayloadIdentifier(),
    LinkedId(),
    OverCollection(),
    LinkedTiming(),
    TopicIdentifier(),
    ClientIdIdentifier(),
    UserPropertyIdentifier(),
    WillIdentifier(),
    Retained(),
)


def expose(bearer: Bearer, rates: Mapping[str, float | None]) -> Exposure:
    """Return what is personal about a device.

    Args:
        bearer: the device.
        rates: of each hazard, by its name.
    """
    exposure = Exposure()
    for hazard in HAZARDS:
        hazard.put(bearer, exposure, rates[hazard.name])
    return exposure
