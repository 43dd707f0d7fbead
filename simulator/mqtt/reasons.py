"""Why a broker said no: MQTT 5 reason codes, and our own causes."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class ReasonCode(IntEnum):
    """Reason codes that mean failure (OASIS MQTT 5.0, 2019, table 2-6).

    A transport translates the return codes of MQTT 3.1.1 to these.
    """

    UNSPECIFIED_ERROR = 0x80
    MALFORMED_PACKET = 0x81
    PROTOCOL_ERROR = 0x82
    IMPLEMENTATION_SPECIFIC_ERROR = 0x83
    UNSUPPORTED_PROTOCOL_VERSION = 0x84
    CLIENT_IDENTIFIER_NOT_VALID = 0x85
    BAD_USER_NAME_OR_PASSWORD = 0x86
    NOT_AUTHORIZED = 0x87
    SERVER_UNAVAILABLE = 0x88
    SERVER_BUSY = 0x89
    BANNED = 0x8A
    SERVER_SHUTTING_DOWN = 0x8B
    BAD_AUTHENTICATION_METHOD = 0x8C
    KEEP_ALIVE_TIMEOUT = 0x8D
    SESSION_TAKEN_OVER = 0x8E
    TOPIC_FILTER_INVALID = 0x8F
    TOPIC_NAME_INVALID = 0x90
    PACKET_IDENTIFIER_IN_USE = 0x91
    PACKET_IDENTIFIER_NOT_FOUND = 0x92
    RECEIVE_MAXIMUM_EXCEEDED = 0x93
    TOPIC_ALIAS_INVALID = 0x94
    PACKET_TOO_LARGE = 0x95
    MESSAGE_RATE_TOO_HIGH = 0x96
    QUOTA_EXCEEDED = 0x97
    ADMINISTRATIVE_ACTION = 0x98
    PAYLOAD_FORMAT_INVALID = 0x99
    RETAIN_NOT_SUPPORTED = 0x9A
    QOS_NOT_SUPPORTED = 0x9B
    USE_ANOTHER_SERVER = 0x9C
    SERVER_MOVED = 0x9D
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED = 0x9E
    CONNECTION_RATE_EXCEEDED = 0x9F
    MAXIMUM_CONNECT_TIME = 0xA0
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED = 0xA1
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED = 0xA2


FIRST_FAILURE: Final = 0x80
"""Codes from here on mean failure."""

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


def reason_name(code: int) -> str:
    """Return a reason code in words: 0x87 is ``not authorized``."""
    try:
        return ReasonCode(code).name.lower().replace("_", " ")
    except ValueError:
        return f"reason code {code:#04x}"


class Cause(StrEnum):
    """Why a message was dropped or a connection ended, where the broker had no part in it."""

    SESSION_QUEUE_FULL = "the session's queue is full"
    TOTAL_QUEUE_FULL = "the queue of all sessions is full"
    NO_SESSION = "the device has no session"
    SESSION_ENDED = "the session has ended"
    PACKET_TOO_LARGE = "larger than the broker takes"
    DROPPED = "the connection was dropped by the device"
    CLOSED_BY_BROKER = "the broker closed the connection"
    MALFORMED = "the broker sent a malformed packet"
    NO_CONNACK = "no answer to CONNECT in time"
    NO_PINGRESP = "no answer to PINGREQ in time"
    OWN_ADDRESS = "nothing listens there (the connection met itself)"
    RUN_ENDED = "the run ended"
