"""Identifiers in user properties: an account beside each payload (MQTT 5)."""

from __future__ import annotations

from simulator.core.filler import opaque
from simulator.core.readings import Hazard
from simulator.privacy.canary_type import CanaryType
from simulator.privacy.exposure import Bearer, Exposure, whole

PROPERTY, TWIN = "account", "channel"


class UserPropertyIdentifier:
    """Lets the messages of a device carry its owner's account; those of others something as long."""

    name = Hazard.USER_PROPERTY_IDENTIFIER.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        if not rate or not bearer.modern or bearer.owner is None:
            return
        draws = bearer.draws(self.name)
        canary = bearer.canary(bearer.owner.id, CanaryType.ACCOUNT)
        if draws.chance(rate):
            exposure.properties += ((PROPERTY, canary.value),)
            exposure.labels += (Hazard.USER_PROPERTY_IDENTIFIER,)
            exposure.spans += (whole(f"user_property.{PROPERTY}", canary),)
        else:
            exposure.properties += ((TWIN, opaque(len(canary.value), draws)),)
