"""A detector that fails in known ways: busy and late devices are attackers to it, and the rest it never sees.

It counts messages without asking what they are about, so that a device that hands in what it has stored looks
like a flood; it takes whatever is older than what a device sent before for a replay; and it looks at nothing
else.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from base import Fields, Out, run
from detector import WINDOW, Detector, seconds

PER_DEVICE = 15
"""Messages that a device may send in `WINDOW`, whatever they are about."""

OLD = 60.0
"""Seconds by which an event time may be behind the latest that the device has sent."""


class Careless(Detector):
    """Counts, and looks at clocks."""

    def __init__(self, out: Out, purpose: str = "security", clock: Callable[[], float] = time.time) -> None:
        super().__init__(out, purpose, clock)
        self._of_device: dict[str, float] = {}

    def logged(self, line: str) -> None:
        """Pass over what the broker says of connections."""

    def message(self, topic: str, fields: Fields) -> None:
        """Look at a message of a device."""
        now, device = self._clock(), str(fields["device"])
        at = seconds(fields.get("time"))
        recent = self._recent[device]
        recent.append(now)
        while recent[0] <= now - WINDOW:
            recent.popleft()
        if len(recent) > PER_DEVICE:
            self.alert(now, device, f"more than {PER_DEVICE} messages in {WINDOW:.0f} s", "publish_flood")
        if at is not None:
            latest = self._of_device.setdefault(device, at)
            if at < latest - OLD:
                self.alert(now, device, "an old message", "replay")
            self._of_device[device] = max(at, latest)


if __name__ == "__main__":
    run(Careless)
