"""Messages after withdrawal: devices that go on sending when their people have withdrawn everything."""

from __future__ import annotations

import msgspec

from simulator.core.readings import Hazard, Reading
from simulator.privacy.exposure import Bearer, Exposure


class AfterWithdrawal:
    """By nature devices know nothing of consent and go on; the others fall silent at once.

    A wearable that goes on also sends what it had stored before, for which the truth has both times.
    """

    name = Hazard.AFTER_WITHDRAWAL.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        permission = bearer.permission
        if not permission.people:
            return
        goes_on = rate is None or bearer.draws(self.name).chance(rate)

        def take(reading: Reading) -> Reading | None:
            if not permission.withdrawn:
                return reading
            if not goes_on:
                return None
            hazards = (*reading.hazards, Hazard.AFTER_WITHDRAWAL)
            return msgspec.structs.replace(reading, hazards=hazards)

        exposure.changes.append(take)
