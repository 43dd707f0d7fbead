"""Device families, found by entry point; this face has what they share."""

from simulator.devices.base import Device, Family, Habitat, Placement, Process
from simulator.devices.simple import (
    HouseholdDevice,
    PersonalDevice,
    ShopDevice,
    SimpleDevice,
    SimpleFamily,
    SimpleOptions,
)

__all__ = [
    "Device",
    "Family",
    "Habitat",
    "HouseholdDevice",
    "PersonalDevice",
    "Placement",
    "Process",
    "ShopDevice",
    "SimpleDevice",
    "SimpleFamily",
    "SimpleOptions",
]
