"""Identifiers in topics: an account or a serial number behind the event."""

from __future__ import annotations

from simulator.core.readings import Hazard
from simulator.privacy.canary_type import CanaryType
from simulator.privacy.exposure import Bearer, Exposure
from simulator.privacy.hazards.identifier import draw_identifier

MARK = ":"
"""Stands between the event and the identifier."""

TOPIC = "topic"
"""The field of the spans; where in it the identifier begins, the topic says, which ends with its tail."""


class TopicIdentifier:
    """Lets the topics of a device name its owner; its commands come on the usual one."""

    name = Hazard.TOPIC_IDENTIFIER.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        draws = bearer.draws(self.name)
        if not rate or not draws.chance(rate):
            return
        canary = draw_identifier(bearer, draws, (CanaryType.DEVICE_SERIAL, CanaryType.ACCOUNT))
        if canary is not None:
            exposure.topic_tail = f"{MARK}{canary.value}"
            exposure.topic_canary = canary
            exposure.labels += (Hazard.TOPIC_IDENTIFIER,)
