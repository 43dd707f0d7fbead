"""Over-collection: name, birth date and telephone number in each payload, which nobody needs."""

from __future__ import annotations

from simulator.core.filler import opaque
from simulator.core.readings import Hazard, Value
from simulator.privacy.canary_type import CanaryType
from simulator.privacy.exposure import Bearer, Exposure, whole, with_fields

FIELD, TWIN = "owner", "trace"

FIELDS = {
    "name": ("salt", CanaryType.NAME),
    "birth_date": ("session_id", CanaryType.BIRTH_DATE),
    "phone": ("nonce", CanaryType.PHONE),
}
"""What is collected, each with its twin, which is as long and means nothing."""


class OverCollection:
    """Puts an object with its owner's data into each payload of a device."""

    name = Hazard.OVER_COLLECTION.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        if not rate or bearer.owner is None:
            return
        draws = bearer.draws(self.name)
        bears = draws.chance(rate)
        owner = bearer.owner.id
        collected = {name: bearer.canary(owner, kind) for name, (_, kind) in FIELDS.items()}
        if bears:
            values: dict[str, Value] = {FIELD: {name: canary.value for name, canary in collected.items()}}
            spans = tuple(whole(f"{FIELD}.{name}", canary) for name, canary in collected.items())
            exposure.changes.append(
                lambda reading: with_fields(reading, values, Hazard.OVER_COLLECTION, spans)
            )
        else:
            own = {twin: opaque(len(collected[name].value), draws) for name, (twin, _) in FIELDS.items()}
            nothing: dict[str, Value] = {TWIN: {**own}}
            exposure.changes.append(lambda reading: with_fields(reading, nothing))
