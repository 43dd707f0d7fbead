"""Inventory sensors: a scale with an RFID reader under a shelf, and sensors of fridges and motors."""

from simulator.devices.inventory_sensor.family import FAMILY, InventorySensorFamily
from simulator.devices.inventory_sensor.fridge_sensor import FridgeSensor
from simulator.devices.inventory_sensor.motor_sensor import MotorSensor
from simulator.devices.inventory_sensor.options import InventorySensorOptions
from simulator.devices.inventory_sensor.shelf_sensor import ShelfSensor

__all__ = [
    "FAMILY",
    "FridgeSensor",
    "InventorySensorFamily",
    "InventorySensorOptions",
    "MotorSensor",
    "ShelfSensor",
]
