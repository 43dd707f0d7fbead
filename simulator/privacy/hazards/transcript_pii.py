"""Personal data in transcripts: how much people tell a speaker."""

from __future__ import annotations

from simulator.core.readings import Hazard
from simulator.privacy.exposure import Bearer, Exposure


class TranscriptPii:
    """Sets the share of commands in which people tell something personal, which the speaker's family does."""

    name = Hazard.TRANSCRIPT_PII.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """Hand the rate on; see `Knob.put`."""
        exposure.candour = rate
