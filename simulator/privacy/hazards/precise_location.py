"""Precise position: to the metre, or to the nearest kilometre."""

from __future__ import annotations

import msgspec

from simulator.core.readings import Hazard, Reading
from simulator.privacy.exposure import Bearer, Exposure
from simulator.privacy.hazards.reported import numbers

DECIMALS = 2
"""Of a degree, in what is coarse: 1.1 km north, and 0.95 km east in the town."""

ACCURACY = 800.0
"""Metres that a coarse position states: what rounding may be off, in the corner of its cell."""

_FIELDS = ("latitude", "longitude")


class PreciseLocation:
    """Wearables report where they are as well as they know it; the others round it first."""

    name = Hazard.PRECISE_LOCATION.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        precise = rate is None or bearer.draws(self.name).chance(rate)
        exposure.changes.append(_mark if precise else _coarsen)


def _mark(reading: Reading) -> Reading:
    if Hazard.PRECISE_LOCATION not in reading.hazards:
        return reading
    return msgspec.structs.replace(
        reading, spans=reading.spans + numbers(reading, _FIELDS, Hazard.PRECISE_LOCATION)
    )


def _coarsen(reading: Reading) -> Reading:
    if Hazard.PRECISE_LOCATION not in reading.hazards:
        return reading
    values = dict(reading.values)
    for name in _FIELDS:
        if isinstance(value := values.get(name), float):
            values[name] = round(value, DECIMALS)
    if "accuracy" in values:
        values["accuracy"] = ACCURACY
    hazards = tuple(hazard for hazard in reading.hazards if hazard is not Hazard.PRECISE_LOCATION)
    return msgspec.structs.replace(reading, values=values, hazards=hazards)
