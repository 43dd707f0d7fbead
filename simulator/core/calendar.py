"""The simulated calendar: from simulated seconds to clock, weekday and timestamps."""

from __future__ import annotations

import math
from bisect import bisect
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from simulator.core.units import DAY, HOUR

_SECONDS = tuple(f"{second:02d}." for second in range(60))
_MILLISECONDS = tuple(f"{millisecond:03d}Z" for millisecond in range(1000))

_MINUTES_KEPT = 256
"""Written minutes that a calendar keeps; what devices send is mostly of the last half hour."""

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

_KNOWN_BEFORE, _KNOWN_AFTER = 30 * DAY, 2 * 366 * DAY
"""Seconds before and after the start in which changes of the clock are looked for."""


class Calendar:
    """Maps simulated time, in seconds since the scenario's start, to the calendar of the town.

    Simulated seconds and timestamps run on when the clock is changed; local hours jump. A day's hours are
    counted from noon minus 12 h, as timetables do (GTFS reference, "time"): see `midnight`.

    Args:
        start: the moment of simulated time 0, with its zone.
        zone: IANA name of the town's zone, such as ``Australia/Adelaide``, whose clock is changed between
            summer and winter; without it the offset of the start holds for good.

    Raises:
        ValueError: start has no zone.
        ZoneInfoNotFoundError: no such zone is known.
    """

    def __init__(self, start: datetime, zone: str | None = None) -> None:
        if start.tzinfo is None:
            raise ValueError("the start needs a zone, such as +10:30 or Z")
        self.start = start if zone is None else start.astimezone(ZoneInfo(zone))
        self._zone = self.start.tzinfo
        self._utc = start.astimezone(UTC)
        self._epoch = self._utc.timestamp()
        self._changes, self._local_epochs = self._find_changes(zone)
        self._local_epoch = self._local_epochs[0]
        self._minutes: dict[int, str] = {}

    @property
    def utc_epoch(self) -> float:
        """Seconds from 1970-01-01 00:00 UTC to the scenario's start."""
        return self._epoch

    def local(self, at: float) -> datetime:
        """Return the local date and time at simulated second `at`."""
        return (self._utc + timedelta(seconds=at)).astimezone(self._zone)

    def offset(self, at: float) -> float:
        """Return how many seconds the local clock is ahead of UTC."""
        return self._local(at) - self._epoch

    def hour(self, at: float) -> float:
        """Return the local clock hour, 0 ≤ hour < 24, with its fraction."""
        return (self._local(at) + at) % DAY / HOUR

    def weekday(self, at: float) -> int:
        """Return the local weekday, 0 for Monday to 6 for Sunday."""
        return (self.day(at) + 3) % 7

    def is_weekend(self, at: float) -> bool:
        """Return whether the local day is a Saturday or a Sunday."""
        return self.weekday(at) >= 5

    def day(self, at: float) -> int:
        """Return the local day as a count since 1970-01-01; a key for whatever belongs to one day."""
        return int((self._local(at) + at) // DAY)

    def date(self, at: float) -> date:
        """Return the local date."""
        return date.fromordinal(_EPOCH_ORDINAL + self.day(at))

    def midnight(self, at: float) -> float:
        """Return the simulated second from which the hours of the local day of `at` count.

        It is noon minus 12 h: seven hours after it the clock shows seven, also on a day whose clock is
        changed in the small hours, when it is an hour off from where the date changes. The midnight of the
        next day is ``midnight(midnight + 1.5 * DAY)``.
        """
        noon = self.day(at) * DAY + DAY / 2
        return noon - self._local(noon - self._local(at)) - DAY / 2

    def next(self, at: float, hour: float) -> float:
        """Return the first simulated second after `at` when the local clock shows `hour`.

        On the day on which the clock jumps over that hour, it is the moment of the jump.
        """
        ahead = (hour - self.hour(at)) * HOUR
        # Less ahead than a float can tell from now is no time after it: a process would wait for ever.
        return self.later(at, ahead if at + ahead > at else ahead + DAY)

    def later(self, at: float, seconds: float) -> float:
        """Return the simulated second when the local clock has gone on by so many seconds since `at`.

        The two differ from each other if the clock is changed between them. A time that the clock jumps
        over is the moment of the jump.
        """
        if not self._changes:
            return at + seconds
        piece = bisect(self._changes, at)
        shown = self._local_epochs[piece] + at + seconds
        moment, changes = at + seconds, self._changes
        for change, local_epoch in zip(changes[piece:], self._local_epochs[piece + 1 :], strict=True):
            if moment < change:
                break
            moment = max(shown - local_epoch, change)
        return moment

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

    def _local(self, at: float) -> float:
        """Return what to add to a simulated second to have local seconds since 1970-01-01."""
        if not self._changes:
            return self._local_epoch
        return self._local_epochs[bisect(self._changes, at)]

    def _find_changes(self, zone: str | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return when the clock is changed, and the local epoch before, between and after the changes."""
        at = -_KNOWN_BEFORE
        epochs, changes = [self._local_epoch_at(at)], list[float]()
        while zone is not None and at < _KNOWN_AFTER:
            following = self._local_epoch_at(at + DAY)
            if following != epochs[-1]:
                sooner, later = at, at + DAY
                while later - sooner > 0.5:
                    middle = (sooner + later) / 2
                    same = self._local_epoch_at(middle) == epochs[-1]
                    sooner, later = (middle, later) if same else (sooner, middle)
                # Zones change at whole seconds.
                changes.append(math.floor(self._epoch + later) - self._epoch)
                epochs.append(following)
            at += DAY
        return tuple(changes), tuple(epochs)

    def _local_epoch_at(self, at: float) -> float:
        return self._epoch + (self.local(at).utcoffset() or timedelta()).total_seconds()
