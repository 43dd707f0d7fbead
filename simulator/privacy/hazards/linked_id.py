"""Stable ids that link devices: the hub of a home, named by everything in it."""

from __future__ import annotations

from simulator.core.filler import opaque
from simulator.core.readings import Hazard, Span
from simulator.privacy.exposure import Bearer, Exposure, with_fields

LENGTH = 12
"""Characters of a hub's id."""


class LinkedId:
    """Puts the id of the home's hub into the payloads of all its devices; of others, one of their own.

    The id stays the same, as that of each device does by nature.
    """

    name = Hazard.LINKED_ID.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`; homes bear it, not single devices."""
        if not rate or bearer.owner is None:
            return
        home = bearer.home_draws(self.name)
        if home.chance(rate):
            values = {"hub": opaque(LENGTH, home)}
            spans = (Span("hub", 0, LENGTH, self.name),)
            exposure.changes.append(lambda reading: with_fields(reading, values, Hazard.LINKED_ID, spans))
        else:
            own = {"hub": opaque(LENGTH, bearer.draws(self.name))}
            exposure.changes.append(lambda reading: with_fields(reading, own))
