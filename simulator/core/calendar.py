"""The simulated calendar: from simulated seconds to clock, weekday and timestamps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from simulator.core.units import DAY, HOUR

_SECONDS = tuple(f"{second:02d}." for second in range(60))
_MILLISECONDS = tuple(f"{millisecond:03d}Z" for millisecond in range(1000))

_MINUTES_KEPT = 256
"""Written minutes that a calendar keeps; what devices send is mostly of the last half hour."""


class Calendar:
    """Maps simulated time, in seconds since the scenario's start, to the calendar of the town.

    Args:
        start: the moment of simulated time 0, with its zone.

    Raises:
        ValueError: start has no zone.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("the start needs a zone, such as +10:30 or Z")
        self.start = start
        self._zone = start.tzinfo
        self._utc = start.astimezone(UTC)
        self._epoch = self._utc.timestamp()
        offset = start.utcoffset() or timedelta()
        self._local_epoch = self._epoch + offset.total_seconds()
        self._minutes: dict[int, str] = {}

    def local(self, at: float) -> datetime:
        """Return the local date and time at simulated second `at`."""
        return (self._utc + timedelta(seconds=at)).astimezone(self._zone)

    def hour(self, at: float) -> float:
        """Return the local clock hour, 0 ≤ hour < 24, with its fraction."""
        return (self._local_epoch + at) % DAY / HOUR

    def weekday(self, at: float) -> int:
        """Return the local weekday, 0 for Monday to 6 for Sunday."""
        return (self.day(at) + 3) % 7

    def is_weekend(self, at: float) -> bool:
        """Return whether the local day is a Saturday or a Sunday."""
        return self.weekday(at) >= 5

    def day(self, at: float) -> int:
        """Return the local day as a count since 1970-01-01; a key for whatever belongs to one day."""
        return int((self._local_epoch + at) // DAY)

    def date(self, at: float) -> date:
        """Return the local date."""
        return self.local(at).date()

    def next(self, at: float, hour: float) -> float:
        """Return the first simulated second after `at` when the local clock shows `hour`."""
        ahead = (hour - self.hour(at)) * HOUR
        return at + (ahead if ahead > 0 else ahead + DAY)

    def timestamp(self, at: float) -> str:
        """Return the moment as RFC 3339 in UTC with milliseconds: ``2026-03-02T06:30:00.250Z``."""
        second, millisecond = divmod(round((self._epoch + at) * 1000.0), 1000)
        minute, second = divmod(second, 60)
        written = self._minutes.get(minute) or self._write_minute(minute)
        return f"{written}{_SECONDS[second]}{_MILLISECONDS[millisecond]}"

    def _write_minute(self, minute: int) -> str:
        if len(self._minutes) >= _MINUTES_KEPT:
            self._minutes.clear()
        written = datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:")
        self._minutes[minute] = written
        return written
