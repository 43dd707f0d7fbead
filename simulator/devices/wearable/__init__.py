"""Wearables: a watch or a band on a person's wrist."""

from simulator.devices.wearable.device import Wearable
from simulator.devices.wearable.family import FAMILY, WearableFamily
from simulator.devices.wearable.options import WearableOptions

__all__ = ["FAMILY", "Wearable", "WearableFamily", "WearableOptions"]
