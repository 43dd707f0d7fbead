"""Opening hours, the same every day."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.core.calendar import Calendar


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a shop is open: local clock hours, `opens` < `closes`."""

    calendar: Calendar
    opens: float = 7.0
    closes: float = 21.0

    def is_open(self, at: float) -> bool:
        """Return whether the shop is open at simulated second `at`."""
        return self.opens <= self.calendar.hour(at) < self.closes
