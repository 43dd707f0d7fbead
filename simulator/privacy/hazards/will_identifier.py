"""Identifiers in wills: the broker names the owner of a device whose connection has broken."""

from __future__ import annotations

from simulator.core.readings import Hazard
from simulator.privacy.canary_type import CanaryType
from simulator.privacy.exposure import Bearer, Exposure

FIELD = "account"


class WillIdentifier:
    """Puts the owner's account into the will of a device."""

    name = Hazard.WILL_IDENTIFIER.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        if not rate or bearer.owner is None or not bearer.draws(self.name).chance(rate):
            return
        canary = bearer.canary(bearer.owner.id, CanaryType.ACCOUNT)
        exposure.will[FIELD] = canary.value
        exposure.will_canary = canary
        exposure.opening_labels += (Hazard.WILL_IDENTIFIER,)
