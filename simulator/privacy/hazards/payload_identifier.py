"""Identifiers in payloads: a serial number, MAC address or account in each, or a shopper's loyalty number."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.core.filler import opaque
from simulator.core.readings import Hazard, Reading
from simulator.privacy.canary_type import CanaryType
from simulator.privacy.exposure import Bearer, Change, Exposure, whole, with_fields
from simulator.privacy.hazards.identifier import OF_A_WEARER, draw_identifier

FIELDS: Mapping[CanaryType, tuple[str, str]] = {
    CanaryType.DEVICE_SERIAL: ("serial", "digest"),
    CanaryType.DEVICE_MAC: ("mac", "crc"),
    CanaryType.ACCOUNT: ("account", "channel"),
    CanaryType.LOYALTY_NUMBER: ("loyalty", "receipt"),
}
"""The field of each, and that of its twin, which is as long and holds as much that means nothing."""


class PayloadIdentifier:
    """Puts an identifier into each payload of a device; a shop's sensor, that of whoever picks something."""

    name = Hazard.PAYLOAD_IDENTIFIER.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        if not rate:
            return
        draws = bearer.draws(self.name)
        bears = draws.chance(rate)
        if bearer.owner is None:
            exposure.changes.append(_of_shoppers(bearer, bears))
        else:
            exposure.changes.append(_of_device(bearer, bears))


def _of_device(bearer: Bearer, bears: bool) -> Change:
    draws = bearer.draws("payload identifier")
    canary = draw_identifier(bearer, draws, OF_A_WEARER)
    assert canary is not None
    name, twin = FIELDS[canary.type]
    if not bears:
        nothing = {twin: opaque(len(canary.value), draws)}
        return lambda reading: with_fields(reading, nothing)
    values, spans = {name: canary.value}, (whole(name, canary),)
    return lambda reading: with_fields(reading, values, Hazard.PAYLOAD_IDENTIFIER, spans)


def _of_shoppers(bearer: Bearer, bears: bool) -> Change:
    name, twin = FIELDS[CanaryType.LOYALTY_NUMBER]
    draws = bearer.draws("receipt")

    def put(reading: Reading) -> Reading:
        if reading.person is None or Hazard.PURCHASE not in reading.hazards:
            return reading
        canary = bearer.canary(reading.person, CanaryType.LOYALTY_NUMBER)
        if not bears:
            return with_fields(reading, {twin: opaque(len(canary.value), draws)})
        spans = (whole(name, canary),)
        return with_fields(reading, {name: canary.value}, Hazard.PAYLOAD_IDENTIFIER, spans)

    return put
