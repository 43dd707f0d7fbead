"""Which implementation of MQTT carries a device."""

from __future__ import annotations

from enum import StrEnum


class Transport(StrEnum):
    """What speaks MQTT for a device.

    FAST is our own codec, PAHO the paho-mqtt library. AUTO leaves the choice to the delivery side: the
    fast one for every device whose needs it meets.
    """

    AUTO = "auto"
    FAST = "fast"
    PAHO = "paho"
