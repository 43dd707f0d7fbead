"""The sensor of a shelf: a scale that notices each change, and an RFID reader that counts now and then."""

from __future__ import annotations

from typing import Any

from simulator.core.readings import Hazard
from simulator.devices.base import Device, Habitat, Process
from simulator.devices.inventory_sensor.mounting import Mounting
from simulator.devices.inventory_sensor.options import InventorySensorOptions
from simulator.devices.inventory_sensor.radio import Radio
from simulator.devices.inventory_sensor.rfid import missed
from simulator.devices.inventory_sensor.scale import Scale
from simulator.world.shelf import Shelf, ShelfEvent, StockChange


class ShelfSensor(Device[InventorySensorOptions]):
    """Watches one shelf.

    Events: ``shelf`` on each change (grams and the stock they stand for), ``restock`` and ``stock_out`` when
    the weight has gone up or away, ``inventory`` at each RFID read. Demand that met an empty shelf changes
    no weight, so it makes no message.
    """

    __slots__ = (
        "_hazards",
        "_place",
        "_radio",
        "_rfid",
        "_scale",
        "_shelf",
        "_stock",
    )

    def __init__(self, habitat: Habitat, options: InventorySensorOptions, mounting: Mounting[Shelf]) -> None:
        super().__init__(habitat, options)
        self.report_interval = options.rfid_interval
        self._place = mounting.place
        self._shelf = shelf = mounting.watched
        self._scale = Scale(shelf.capacity * shelf.item.unit_weight, habitat.draws("scale"))
        self._rfid = habitat.draws("rfid")
        self._radio = Radio(self.env.now, self._rfid)
        self._stock = 0
        self._hazards = (Hazard.PURCHASE, Hazard.HEALTH) if shelf.item.pharmacy else (Hazard.PURCHASE,)

    def run(self) -> Process:
        """Return the sensor's life: it watches from now on, and reads the tags at every interval."""
        self._stock = self._estimate(self._weigh())
        self._shelf.observers.append(self._notice)
        yield self.pause(float(self._rfid.generator().random()))
        while True:
            if self._radio.carries(self.env.now):
                self._read_tags()
            yield self.pause()

    def about(self) -> dict[str, str | None]:
        """Return the shop's place; a reading is somebody's data only while a shopper's hand is in it."""
        return {"place": self._place}

    def _notice(self, event: ShelfEvent) -> None:
        if event.change is StockChange.UNMET:
            return
        grams = self._weigh()
        before, self._stock = self._stock, self._estimate(grams)
        sku = self._shelf.item.sku
        truth = self._truth(event)
        self.emit("shelf", {"sku": sku, "stock": self._stock, "grams": grams}, **truth)
        if self._stock > before:
            self.emit("restock", {"sku": sku, "added": self._stock - before, "stock": self._stock}, **truth)
        elif self._stock == 0 < before:
            self.emit("stock_out", {"sku": sku}, **truth)

    def _truth(self, event: ShelfEvent) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "change": event.change.value,
            "quantity": event.quantity,
            "stock": event.stock,
            "price": self._shelf.price,
        }
        if event.change is not StockChange.PICK:
            return {"facts": facts}
        facts["visit"] = event.visit
        return {"person": event.shopper, "hazards": self._hazards, "facts": facts}

    def _read_tags(self) -> None:
        stock = self._shelf.stock
        unread = missed(stock, self._rfid)
        self.emit(
            "inventory",
            {"sku": self._shelf.item.sku, "count": stock - unread},
            facts={"stock": stock, "missed": unread},
        )

    def _weigh(self) -> float:
        return self._scale.weigh(self.env.now, self._shelf.stock * self._shelf.item.unit_weight)

    def _estimate(self, grams: float) -> int:
        return max(round(grams / self._shelf.item.unit_weight), 0)
