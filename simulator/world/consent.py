"""Consent: the purposes that a person agrees to."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """What data may be used for."""

    SERVICE = "service"
    ANALYTICS = "analytics"
    MARKETING = "marketing"
    SHARING = "sharing"
    VOICE_RETENTION = "voice_retention"
