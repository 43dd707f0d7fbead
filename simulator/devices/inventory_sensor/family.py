"""The family of inventory sensors: what in a shop has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from simulator.core.seeds import Draws
from simulator.devices.base import Device, Habitat, Placement
from simulator.devices.inventory_sensor.fridge_sensor import FridgeSensor
from simulator.devices.inventory_sensor.motor_sensor import MotorSensor
from simulator.devices.inventory_sensor.mounting import Mounting, watched_things
from simulator.devices.inventory_sensor.options import InventorySensorOptions
from simulator.devices.inventory_sensor.shelf_sensor import ShelfSensor
from simulator.world import Neighbourhood
from simulator.world.fridge import Fridge
from simulator.world.shelf import Shelf


class InventorySensorFamily:
    """Sensors of shelves, fridges and motors."""

    kind: ClassVar[str] = "inventory_sensor"
    summary: ClassVar[str] = (
        "Shop sensor: shelf weight and RFID reads, fridge temperature and door, motor vibration."
    )
    options: ClassVar[type[InventorySensorOptions]] = InventorySensorOptions

    def placements(
        self,
        neighbourhood: Neighbourhood,
        options: InventorySensorOptions,
        draws: Callable[[str, str], Draws],
    ) -> Iterator[Placement]:
        """Yield each shelf, fridge and motor with a sensor.

        Raises:
            UsageError: a shop has fewer of them than sensors are asked for.
        """
        for shop in neighbourhood.shops:
            for watched in watched_things(shop, options.per_shop, draws("mounting", shop.id)):
                yield Placement(watched.id, Mounting(shop.place.id, watched))

    def build(
        self, placement: Placement, habitat: Habitat, options: InventorySensorOptions
    ) -> Device[InventorySensorOptions]:
        """Return the sensor of one shelf, fridge or motor."""
        mounting: Mounting[Any] = placement.thing
        if isinstance(mounting.watched, Shelf):
            return ShelfSensor(habitat, options, mounting)
        if isinstance(mounting.watched, Fridge):
            return FridgeSensor(habitat, options, mounting)
        return MotorSensor(habitat, options, mounting)


FAMILY = InventorySensorFamily()
