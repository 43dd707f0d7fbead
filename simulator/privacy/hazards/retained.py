"""Retained messages: the broker hands out the last of a device to whoever comes, also after withdrawal."""

from __future__ import annotations

from simulator.core.readings import Hazard
from simulator.privacy.exposure import Bearer, Exposure


class Retained:
    """Lets the broker retain what a person's device sends.

    Once its people withdraw or ask for erasure, a right control has the broker forget it, too; the truth of
    a message says by when.
    """

    name = Hazard.RETAINED.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        if rate and bearer.owner is not None and bearer.draws(self.name).chance(rate):
            exposure.retain = True
            exposure.labels += (Hazard.RETAINED,)
