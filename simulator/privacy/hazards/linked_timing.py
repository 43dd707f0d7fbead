"""Timing that links devices: those of a home send at the same moments."""

from __future__ import annotations

import math

from simulator.core.readings import Hazard
from simulator.core.units import MINUTE
from simulator.privacy.exposure import Bearer, Exposure

BEAT = MINUTE
"""Seconds between two moments at which a hub lets the devices of its home send (assumption)."""


class LinkedTiming:
    """Holds back what the devices of a home send until the home's next beat, which is its own."""

    name = Hazard.LINKED_TIMING.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`; homes bear it, not single devices."""
        if not rate or bearer.owner is None:
            return
        home = bearer.home_draws(self.name)
        if home.chance(rate):
            phase = home.uniform(0.0, BEAT)
            exposure.wait = lambda now: phase + math.ceil((now - phase) / BEAT) * BEAT - now
            exposure.labels += (Hazard.LINKED_TIMING,)
