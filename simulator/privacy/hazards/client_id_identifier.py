"""Identifiers in client ids: a serial number, MAC address or account instead of an opaque id."""

from __future__ import annotations

from simulator.core.readings import Hazard
from simulator.privacy.exposure import Bearer, Exposure, whole
from simulator.privacy.hazards.identifier import OF_A_WEARER, draw_identifier

_TAIL = 6
"""Characters of the device's own id that follow: two devices must not go by one client id."""


class ClientIdIdentifier:
    """Lets a device call itself by an identifier. Only a broker and its logs see that."""

    name = Hazard.CLIENT_ID_IDENTIFIER.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        draws = bearer.draws(self.name)
        if not rate or not draws.chance(rate):
            return
        canary = draw_identifier(bearer, draws, OF_A_WEARER)
        if canary is not None:
            exposure.client_id = f"{canary.value}-{bearer.device[:_TAIL]}"
            exposure.opening_labels += (Hazard.CLIENT_ID_IDENTIFIER,)
            exposure.opening_spans += (whole("client_id", canary),)
