"""The kinds of personal data that people of the fleet have."""

from __future__ import annotations

from enum import StrEnum


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


class Mode(StrEnum):
    """What canaries look like.

    Attributes:
        RECOGNISABLE: like the data that they stand for, so that detectors of such data see them.
        UNMISTAKABLE: so that nobody who reads one takes it for a person's data.
    """

    RECOGNISABLE = "recognisable"
    UNMISTAKABLE = "unmistakable"
