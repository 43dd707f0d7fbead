"""The kinds of personal data that people of the fleet have."""

from __future__ import annotations

from enum import StrEnum

from simulator.core.canary_mode import Mode

__all__ = ["CanaryType", "Mode"]


class CanaryType(StrEnum):
    """What a canary stands for."""

    NAME = "name"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"
    BIRTH_DATE = "birth_date"
    ACCOUNT = "account"
    DEVICE_SERIAL = "device_serial"
    DEVICE_MAC = "device_mac"
    PAYMENT_CARD = "payment_card"
    LOYALTY_NUMBER = "loyalty_number"
    HEALTH_CONDITION = "health_condition"
    CONTACT = "contact"
