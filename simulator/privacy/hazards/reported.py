"""What some devices report by nature, and others leave out: health, children, sleep, who is at home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from simulator.core.readings import Hazard, Reading, Span
from simulator.privacy.exposure import Bearer, Exposure

FIELDS: Mapping[Hazard, Mapping[str, Sequence[str]]] = {
    Hazard.HEALTH: {
        "heart_rate": ("bpm",),
        "resting_heart_rate": ("bpm",),
        "hrv": ("rmssd",),
        "spo2": ("percent",),
        "skin_temperature": ("celsius",),
        "steps": ("count",),
        "shelf": ("sku",),
        "stock_out": ("sku",),
    },
    Hazard.SLEEP: {"sleep_stage": ("stage",)},
    Hazard.OCCUPANCY: {"motion": ("room",), "playback": ("state",)},
}
"""In which fields of an event it stands; where none is named, it is that there is such a message at all."""


class Reported:
    """A hazard of the readings that bear its label: devices without it leave them out.

    Args:
        hazard: which.
    """

    def __init__(self, hazard: Hazard) -> None:
        self.name = hazard.value
        self._hazard = hazard
        self._fields = FIELDS.get(hazard, {})

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        if rate is None or bearer.draws(self.name).chance(rate):
            if self._fields:
                exposure.changes.append(self._mark)
        else:
            exposure.changes.append(self._leave_out)

    def _mark(self, reading: Reading) -> Reading:
        fields = self._fields.get(reading.event)
        if fields is None or self._hazard not in reading.hazards:
            return reading
        return msgspec.structs.replace(reading, spans=reading.spans + numbers(reading, fields, self._hazard))

    def _leave_out(self, reading: Reading) -> Reading | None:
        return None if self._hazard in reading.hazards else reading


def numbers(reading: Reading, fields: Sequence[str], hazard: Hazard) -> tuple[Span, ...]:
    """Return the spans of whole fields that are no canaries: of texts, or of numbers as JSON has them."""
    values = reading.values
    return tuple(
        Span(name, 0, len(written(values[name])), hazard.value, reading.person)
        for name in fields
        if name in values
    )


def written(value: object) -> str:
    """Return a value as text: a text as it is, anything else in JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
