"""What a broker refuses, and why: the keys by which refusals are counted."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Refused(StrEnum):
    """What a broker refuses with a reason.

    CONNECTIONS each time, those among them that another attempt overcomes; DISCONNECTS are connections that
    it ended with a reason code of MQTT 5.
    """

    CONNECTIONS = "connections"
    DISCONNECTS = "disconnects"
    SUBSCRIPTIONS = "subscriptions"
    MESSAGES = "messages"

    @property
    def packet(self) -> str:
        """The MQTT packet that is refused, or refuses: ``connect``, ``disconnect``, ..."""
        return _PACKETS[self]


_PACKETS = {
    Refused.CONNECTIONS: "connect",
    Refused.DISCONNECTS: "disconnect",
    Refused.SUBSCRIPTIONS: "subscribe",
    Refused.MESSAGES: "publish",
}


class Refusal(NamedTuple):
    """A kind of refusal.

    Attributes:
        what: what was refused.
        reason: why, in words, and with the number of the reason code if there is one.
        code: MQTT 5 reason code, to which the return codes of 3.1.1 are translated; None if it was no MQTT
            packet that refused, but TLS or HTTP.
    """

    what: Refused
    reason: str
    code: int | None = None
