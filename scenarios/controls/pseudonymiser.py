"""A pseudonymiser: devices get a name that nobody can guess, and another one every six hours.

So that nobody sees which new name follows which old one, what goes on from one to the other is taken out too:
the number of the message, the second of its time, and the place.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

from base import Fields, run
from redactor import Redactor

HOURS = 6
"""For which a name is good."""

TELLING = frozenset({"device", "seq", "hub", "latitude", "longitude", "accuracy"})
"""Fields by which two names could be told to be one device's."""


class Pseudonymiser(Redactor):
    """Hands on messages under a pseudonym, without personal data."""

    def __init__(self, *known: object) -> None:
        super().__init__(*known)  # type: ignore[arg-type]
        self.key = secrets.token_bytes(32)

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a message under a pseudonym."""
        pseudonym = self.pseudonym(fields["device"], fields["time"])
        left = {name: value for name, value in fields.items() if name not in TELLING}
        self.send(
            fields["event"], self.clean(left) | {"pseudonym": pseudonym, "time": coarse(fields["time"])}
        )

    def pseudonym(self, device: str, time: str) -> str:
        """Return the name of a device at a time."""
        moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
        turn = int(moment.timestamp() // (HOURS * 3600))
        return hmac.digest(self.key, f"{device} {turn}".encode(), "sha256").hex()[:20]


def coarse(time: str) -> str:
    """Return a time to the minute."""
    return time[:16] + ":00.000Z"


if __name__ == "__main__":
    run(Pseudonymiser)
