"""The crowd: many people who are not simulated, but asked about what nature gave them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from simulator.calibration.cohort import Cohort


class Crowd(Cohort):
    """Eight thousand households whose health, a function of time, can be asked about any day of a year."""

    title: ClassVar[str] = "a crowd of 20,000 people, asked about a year of their health"
    cost: ClassVar[float] = 12.0

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return {
            "name": "crowd",
            "seed": 1884,
            "duration": "1h",
            "world": {"households": 8000, "shops": 0},
            "devices": [{"kind": "wearable", "owners": 0.0}],
        }

    def live(self, progress: Callable[[float], None], stopped: Callable[[], bool]) -> bool:
        """Simulate nothing: the people are there."""
        progress(0.0)
        return not stopped()
