"""Why a broker said no, in words, and the causes that are our own."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final

from simulator.core.records import OWN_DROP
from simulator.mqtt.codec import ReasonCode

FIRST_FAILURE: Final = 0x80
"""MQTT 5 reason codes from here on mean failure; those of 3.1.1 are translated to them."""

PASSING = frozenset(
    {
        ReasonCode.UNSPECIFIED_ERROR,
        ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
        ReasonCode.SERVER_UNAVAILABLE,
        ReasonCode.SERVER_BUSY,
        ReasonCode.SERVER_SHUTTING_DOWN,
        ReasonCode.QUOTA_EXCEEDED,
        ReasonCode.CONNECTION_RATE_EXCEEDED,
    }
)
"""Refusals of a connection that another attempt may overcome; all others are final."""

ELSEWHERE = frozenset({ReasonCode.USE_ANOTHER_SERVER, ReasonCode.SERVER_MOVED})
"""A broker that sends its clients to another one, with a server reference or without. It is a refusal:
nobody has proven that the other broker is the user's, so a reference is never followed, not even read."""


_KNOWN = frozenset(ReasonCode)


@lru_cache(maxsize=256)
def reason_name(code: int) -> str:
    """Return a reason code in words and as a number: ``not authorized (0x87)``."""
    name = ReasonCode(code).name.lower().replace("_", " ") if code in _KNOWN else "unknown reason"
    return f"{name} (0x{code:02x})"


class Cause(StrEnum):
    """Why a message was dropped or a connection ended, where the broker had no part in it."""

    SESSION_QUEUE_FULL = "the session's queue is full"
    TOTAL_QUEUE_FULL = "the queue of all sessions is full"
    NO_SESSION = "the device has no session"
    SESSION_ENDED = "the session has ended"
    PACKET_TOO_LARGE = "larger than the broker takes"
    DROPPED = OWN_DROP
    CLOSED_BY_BROKER = "the broker closed the connection"
    PACKET_TOO_LONG = "the broker sent a packet longer than the device takes"
    MALFORMED = "the broker sent a malformed packet"
    NO_CONNACK = "no answer to CONNECT in time"
    NO_PINGRESP = "no answer to PINGREQ in time"
    OWN_ADDRESS = "nothing listens there (the connection met itself)"
    RUN_ENDED = "the run ended"
    CONNECTION_CAP = "beyond the cap on connections"
    PAYLOAD_CAP = "beyond the cap on payload length"
    RATE_CAP = "beyond the cap on bytes a second"
    RAW = "sent over a raw connection, on which no answer is awaited"
