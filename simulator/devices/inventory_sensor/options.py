"""What a scenario can say about inventory sensors."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.core.options import DeviceOptions
from simulator.core.units import MINUTE, Duration
from simulator.devices.base import MAXIMUM_INTERVAL, MINIMUM_INTERVAL

Interval = Annotated[Duration, Field(ge=MINIMUM_INTERVAL, le=MAXIMUM_INTERVAL)]


class InventorySensorOptions(DeviceOptions):
    """Options of the kind ``inventory_sensor``."""

    kind: str = "inventory_sensor"
    per_shop: Annotated[int, Field(ge=0, le=10_000)] = Field(
        default=120,
        description="Sensors in each shop, each on a shelf, fridge or motor of its own: "
        "about four shelves to one machine.",
    )
    report_interval: Interval = Field(
        default=15 * MINUTE, description="Time between two readings of a fridge or a motor."
    )
    rfid_interval: Interval = Field(
        default=30 * MINUTE,
        description="Time between two RFID reads of a shelf; changes of its weight are sent at once.",
    )
