"""Purposes: what data may be used for, as people consent to it and as consumers are for it."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """What data may be used for."""

    SERVICE = "service"
    ANALYTICS = "analytics"
    MARKETING = "marketing"
    SHARING = "sharing"
    VOICE_RETENTION = "voice_retention"
