"""The sensor of a motor: vibration and the temperature of the housing."""

from __future__ import annotations

from simulator.devices.base import Device, Habitat, Process
from simulator.devices.inventory_sensor.mounting import Mounting
from simulator.devices.inventory_sensor.options import InventorySensorOptions
from simulator.world.motor import Motor

FLOOR_RMS = 0.03
RMS_NOISE = 0.04
KURTOSIS_NOISE = 0.12
CELSIUS_NOISE = 0.4
"""What the sensor shows of a motor at rest (mm/s), and the SDs of one reading: relative for vibration, else
absolute (assumption, as for wireless vibration sensors)."""


class MotorSensor(Device[InventorySensorOptions]):
    """Watches one motor. Event: ``vibration`` (mm/s rms, kurtosis, °C) at every interval."""

    __slots__ = (
        "_draws",
        "_motor",
        "_place",
    )

    def __init__(self, habitat: Habitat, options: InventorySensorOptions, mounting: Mounting[Motor]) -> None:
        super().__init__(habitat, options)
        self.report_interval = options.report_interval
        self._place = mounting.place
        self._motor = mounting.watched
        self._draws = habitat.draws("vibration")

    def run(self) -> Process:
        """Return the sensor's life: it measures at every interval."""
        yield self.pause(float(self._draws.generator().random()))
        while True:
            self._measure()
            yield self.pause()

    def about(self) -> dict[str, str | None]:
        """Return the shop's place: a motor is nobody's data."""
        return {"place": self._place}

    def _measure(self) -> None:
        motor, now, draws = self._motor, self.env.now, self._draws
        rms = motor.vibration(now) * (1.0 + draws.normal(0.0, RMS_NOISE)) + FLOOR_RMS
        self.emit(
            "vibration",
            {
                "rms": round(rms, 2),
                "kurtosis": round(motor.kurtosis(now) + draws.normal(0.0, KURTOSIS_NOISE), 2),
                "celsius": round(motor.temperature(now) + draws.normal(0.0, CELSIUS_NOISE), 1),
            },
            facts={
                "running": motor.running(now),
                "failed": motor.failed,
                "wear": round(motor.wear(now), 4),
                "remaining_life": round(motor.remaining_life(now)),
            },
        )
