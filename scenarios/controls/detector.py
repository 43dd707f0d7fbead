"""A detector with a few sensible rules: it reads what the fleet publishes, and raises alerts as JSON.

    {"time": "2026-03-02T07:30:03.500Z", "device": "k0cz0mty6n3w", "signature": "...", "campaign": "replay"}

Each rule allows for what honest devices do on a bad day: hand in what they have stored, send a message twice,
come back all together, or have a wrong clock. Connections are no messages: those it sees in the broker's log,
where there is one that it may read.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from base import Control, Fields, Out, run
from broker_log import GrowingLog, LogRules

PER_DEVICE = 30
"""Messages about the present that a device may send in `WINDOW`."""

WINDOW = 10.0
"""Seconds of the detector's clock."""

PRESENT = 60.0
"""Seconds by which an event time may be behind the latest of all devices and still be the present: a device
that hands in what it has stored sends old ones."""

AHEAD = 1800.0
"""Seconds by which an event time may be ahead of the others'; honest clocks are wrong by minutes."""

TWICE = 60.0
"""Seconds within which the same message may come again: QoS 1 allows it."""

REMEMBERED = 100_000
"""Messages of which the ids are known."""

QUIET = 60.0
"""Seconds after an alert in which the same is not said again."""


class Detector(Control):
    """Raises an alert where a rule is broken.

    Args:
        out: takes what it publishes.
        purpose: of no meaning to it.
        clock: seconds since 1970.
    """

    def __init__(self, out: Out, purpose: str = "security", clock: Callable[[], float] = time.time) -> None:
        super().__init__(out, purpose)
        self._clock = clock
        self._recent: dict[str, deque[float]] = defaultdict(deque)
        self._seen: dict[str, float] = {}
        self._versions: dict[str, tuple[int, ...]] = {}
        self._newest: float | None = None
        self._said: dict[tuple[str | None, str], float] = {}
        self._rules = LogRules(self.alert)
        log = os.environ.get("FLEETSIM_BROKER_LOG")
        self._log = GrowingLog(Path(log)) if log else None

    def look(self) -> None:
        """Look at what the broker has logged."""
        if self._log is not None:
            for line in self._log.lines():
                self.logged(line)

    def logged(self, line: str) -> None:
        """Look at a line of the broker's log."""
        self._rules.read(line, self._clock())

    def message(self, topic: str, fields: Fields) -> None:
        """Look at a message of a device."""
        now = self._clock()
        device = str(fields["device"])
        at = seconds(fields.get("time"))
        if device not in topic.split("/"):
            self.alert(now, device, "it speaks on the topic of another", "will_abuse")
        self._look_at_its_rate(now, device, at)
        self._look_for_copies(now, device, str(fields.get("id")))
        self._look_at_its_clock(now, device, at)
        if fields.get("event") == "firmware":
            self._look_at_its_version(now, device, str(fields.get("version", "")))

    def behind(self, at: float | None) -> float:
        """Return by how many seconds an event time is behind the latest of all devices; below 0 if ahead."""
        return 0.0 if at is None or self._newest is None else self._newest - at

    def note(self, at: float) -> None:
        """Take an event time that is to be believed."""
        self._newest = at if self._newest is None else max(at, self._newest)

    def alert(self, now: float, device: str | None, signature: str, campaign: str) -> None:
        """Raise an alert, about nobody if it is not known whom, unless the same was said a moment ago."""
        said = self._said.get((device, signature))
        if said is None or now - said >= QUIET:
            self._said[device, signature] = now
            moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
            whom = {} if device is None else {"device": device}
            self.send("alerts", {"time": moment, **whom, "signature": signature, "campaign": campaign})

    def _look_at_its_rate(self, now: float, device: str, at: float | None) -> None:
        if self.behind(at) > PRESENT:
            return
        recent = self._recent[device]
        recent.append(now)
        while recent[0] <= now - WINDOW:
            recent.popleft()
        if len(recent) > PER_DEVICE:
            self.alert(now, device, f"more than {PER_DEVICE} messages in {WINDOW:.0f} s", "publish_flood")

    def _look_for_copies(self, now: float, device: str, identity: str) -> None:
        seen = self._seen.setdefault(identity, now)
        if now - seen > TWICE:
            self.alert(now, device, "a message that was sent before", "replay")
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]

    def _look_at_its_clock(self, now: float, device: str, at: float | None) -> None:
        if -self.behind(at) > AHEAD:
            self.alert(now, device, "it is ahead of its time", "time_shift")
        elif at is not None:
            self.note(at)

    def _look_at_its_version(self, now: float, device: str, version: str) -> None:
        numbers = tuple(int(part) for part in version.split(".") if part.isdecimal())
        known = self._versions.get(device, ())
        if numbers < known:
            self.alert(now, device, "its firmware became older", "firmware_spoof")
        self._versions[device] = max(numbers, known)


def seconds(time: object) -> float | None:
    """Return an event time as seconds since 1970, None if it is none."""
    try:
        return datetime.fromisoformat(str(time)).timestamp()
    except ValueError:
        return None


if __name__ == "__main__":
    run(Detector)
