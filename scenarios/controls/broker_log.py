"""What Mosquitto's log says of connections: who is refused, sends what is no packet, or takes an id over.

The lines are those of Mosquitto 2.0 with ``log_type notice``; everything else is passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from pathlib import Path

REFUSED = 10
"""Refused logins in `WITHIN` that are more than a device with a lapsed password makes."""

TAKEN_OVER = 3
"""Connections in `WITHIN` that end an older one of the same client id; after a dead line there is one."""

WITHIN = 60.0
"""Seconds."""

LONGEST = 3_600
"""Seconds of keep alive that are more than any device asks for."""

_NOBODY = "<unknown>"
_REFUSED = re.compile(r"Client (\S+) disconnected, not authorised\.")
_BROKEN = re.compile(r"Client (\S+) disconnected due to (?:malformed packet|protocol error)\.")
_TAKEN_OVER = re.compile(r"Client (\S+) already connected, closing old connection\.")
_ENTERED = re.compile(r"New client connected from \S+ as (\S+) \(p\d, c\d, k(\d+)")

Alert = Callable[[float, str | None, str, str], None]
"""Takes the time, the client if it is known, what is wrong, and of which attack that is the sign."""


class LogRules:
    """Raises an alert where a line, or many of them, show an attack on connections.

    Args:
        alert: takes it.
    """

    def __init__(self, alert: Alert) -> None:
        self._alert = alert
        self._recent: dict[str, deque[float]] = defaultdict(deque)

    def read(self, line: str, now: float) -> None:
        """Look at a line of the log."""
        if found := _REFUSED.search(line):
            # Mosquitto does not say whom it has refused, but that it has.
            if self._more_than(REFUSED, "refused", now):
                self._alert(now, _known(found[1]), "many refused logins", "credential_brute_force")
        elif found := _BROKEN.search(line):
            self._alert(now, _known(found[1]), "it sends what is no packet", "malformed")
        elif found := _TAKEN_OVER.search(line):
            if self._more_than(TAKEN_OVER, found[1], now):
                self._alert(now, found[1], "its client id is taken over again and again", "id_takeover")
        elif (found := _ENTERED.search(line)) and int(found[2]) > LONGEST:
            self._alert(now, found[1], "it wants to be silent for hours", "slow_dos")

    def _more_than(self, count: int, key: str, now: float) -> bool:
        recent = self._recent[key]
        recent.append(now)
        while recent[0] <= now - WITHIN:
            recent.popleft()
        return len(recent) > count


class GrowingLog:
    """Reads the lines that are added to a file.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open(errors="replace")
        self._begun = ""

    def lines(self) -> Iterator[str]:
        """Yield the lines that were added since."""
        for piece in self._file:
            self._begun += piece
            if self._begun.endswith("\n"):
                yield self._begun
                self._begun = ""


def _known(client: str) -> str | None:
    return None if client == _NOBODY else client
