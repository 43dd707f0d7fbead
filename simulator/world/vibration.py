"""What vibration tells of a bearing: the usual features of a second of it.

The signal is a sound bearing's noise and, for a growing share of the time, the ringing after a spall's
strikes. Everything follows from these two: how strong the ringing is, and how much of the time it fills.
While it fills little, kurtosis and crest factor rise before the level does; as strikes merge they fall back
(Dyer & Stewart, "Detection of rolling element bearing damage by statistical vibration analysis", J.
Mechanical Design 100, 1978).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.world.bearing import Defect, energy

SAMPLES = 20_000
"""In a record: a second at 20 kHz, as in the IMS runs."""

FIRST_RINGING = 0.02
"""Share of the time that a new spall's ringing fills; a failing bearing rings all the time (assumption)."""

BAND_FLOOR = 0.02
"""Share of a sound bearing's energy in the band about each defect frequency (assumption)."""

IN_BAND = 0.3
BESIDE = 0.01
"""Shares of a spall's energy in the band of its own defect frequency, and in those of the others; the rest
rings at higher frequencies (assumption)."""


@dataclass(frozen=True, slots=True)
class Vibration:
    """Features of a vibration velocity; mm/s unless they are ratios.

    Attributes:
        rms: level.
        peak: greatest excursion.
        kurtosis: 3 for a sound bearing, more while strikes stand out.
        bands: rms in the band about the defect frequency of each part.
    """

    rms: float
    peak: float
    kurtosis: float
    bands: dict[Defect, float]

    @property
    def crest(self) -> float:
        """Peak over rms; 0 for silence."""
        return self.peak / self.rms if self.rms else 0.0


SILENCE = Vibration(0.0, 0.0, 3.0, dict.fromkeys(Defect, 0.0))


def listen(sound_rms: float, growth: float, defect: Defect) -> Vibration:
    """Return the features of a turning bearing.

    Args:
        sound_rms: what it made when new, mm/s.
        growth: how far its spall has grown, 0 to 1.
        defect: where that is.
    """
    spall = energy(growth)
    ringing = math.pow(FIRST_RINGING, 1.0 - growth)
    loud = 1.0 + spall / ringing
    quiet_peak = 2.0 * math.log(SAMPLES)
    loud_peak = 2.0 * math.log(SAMPLES * ringing) * loud
    total = 1.0 + spall
    return Vibration(
        rms=sound_rms * math.sqrt(total),
        peak=sound_rms * math.sqrt(max(quiet_peak, loud_peak)),
        kurtosis=3.0 * (1.0 - ringing + ringing * loud**2) / total**2,
        bands={
            part: sound_rms * math.sqrt(BAND_FLOOR + spall * (IN_BAND if part is defect else BESIDE))
            for part in Defect
        },
    )
