"""The sensor of a fridge: a thermometer with an alarm, and a contact at the door."""

from __future__ import annotations

from simulator.core.readings import Value
from simulator.core.units import HOUR
from simulator.devices.base import Device, Habitat, Process
from simulator.devices.inventory_sensor.mounting import Mounting
from simulator.devices.inventory_sensor.options import InventorySensorOptions
from simulator.devices.inventory_sensor.radio import Radio
from simulator.world.fridge import Fridge, FridgeChange, FridgeEvent
from simulator.world.heat import HIGHEST, LOWEST, Meter

NOISE = 0.1
"""SD of a temperature reading in °C; data loggers for cold chains are good to 0.5 °C (EN 12830)."""


class FridgeSensor(Device[InventorySensorOptions]):
    """Watches one fridge.

    Events: ``temperature`` at every interval, and with it ``energy`` (watt-hours, and seconds of compressor,
    defrost and open door since the last of them); ``alarm`` when a temperature leaves the band of 2 to 8 °C
    or comes back to it, ``door`` whenever the door opens or shuts.
    """

    __slots__ = (
        "_alarmed",
        "_counted_from",
        "_door_seconds",
        "_draws",
        "_fridge",
        "_meter",
        "_metered_at",
        "_opened_at",
        "_place",
        "_radio",
    )

    def __init__(self, habitat: Habitat, options: InventorySensorOptions, mounting: Mounting[Fridge]) -> None:
        super().__init__(habitat, options)
        self.report_interval = options.report_interval
        self._place = mounting.place
        self._fridge = mounting.watched
        self._draws = habitat.draws("thermometer")
        self._alarmed = False
        self._opened_at: float | None = None
        self._counted_from: float | None = None
        self._door_seconds = 0.0
        self._radio = Radio(self.env.now, self._draws)
        self._metered_at = self.env.now
        self._meter = Meter()

    def run(self) -> Process:
        """Return the sensor's life: it watches the door from now on, and measures at every interval."""
        self._fridge.observers.append(self._notice)
        self._metered_at = self.env.now
        self._meter = self._fridge.meter(self._metered_at)
        self._counted_from = self._metered_at if self._fridge.door_open else None
        yield self.pause(float(self._draws.generator().random()))
        while True:
            if self._radio.carries(self.env.now):
                self._measure()
            yield self.pause()

    def about(self) -> dict[str, str | None]:
        """Return the shop's place: a fridge is nobody's data."""
        return {"place": self._place}

    def _measure(self) -> None:
        fridge, now = self._fridge, self.env.now
        true = fridge.temperature(now)
        celsius = round(true + self._draws.normal(0.0, NOISE), 1)
        excursion, fault = fridge.excursion(now), fridge.fault
        facts: dict[str, Value] = {
            "celsius": round(true, 3),
            "excursion": None if excursion is None else excursion.value,
            "fault": None if fault is None else fault.value,
            "cabinet": fridge.kind.value,
        }
        self.emit("temperature", {"celsius": celsius, "door_open": fridge.door_open}, facts=facts)
        self._read_meter(facts)
        alarmed = not LOWEST <= celsius <= HIGHEST
        if alarmed != self._alarmed:
            self._alarmed = alarmed
            self.emit("alarm", {"active": alarmed, "celsius": celsius}, facts=facts)

    def _read_meter(self, facts: dict[str, Value]) -> None:
        """Report what the fridge has used since the meter was last read."""
        now, before = self.env.now, self._meter
        self._meter = meter = self._fridge.meter(now)
        if self._counted_from is not None:
            self._door_seconds += now - self._counted_from
            self._counted_from = now
        values: dict[str, Value] = {
            "seconds": round(now - self._metered_at, 1),
            "wh": round((meter.joules - before.joules) / HOUR, 1),
            "compressor_seconds": round(meter.compressor_seconds - before.compressor_seconds, 1),
            "defrost_seconds": round(meter.defrost_seconds - before.defrost_seconds, 1),
            "door_seconds": round(self._door_seconds, 1),
        }
        self._metered_at, self._door_seconds = now, 0.0
        self.emit("energy", values, facts=facts)

    def _notice(self, event: FridgeEvent) -> None:
        if event.change is FridgeChange.DOOR_OPENED:
            self._opened_at = self._counted_from = event.at
            values: dict[str, bool | float] = {"open": True}
        elif event.change is FridgeChange.DOOR_CLOSED:
            values = {"open": False}
            if self._opened_at is not None:
                values["seconds"] = round(event.at - self._opened_at, 1)
            if self._counted_from is not None:
                self._door_seconds += event.at - self._counted_from
            self._opened_at = self._counted_from = None
        else:
            return
        facts = {
            "cause": None if event.cause is None else event.cause.value,
            "shopper": event.shopper,
            "visit": event.visit,
        }
        self.emit("door", values, facts=facts)
