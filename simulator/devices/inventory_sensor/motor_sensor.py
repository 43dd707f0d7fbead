"""The sensor of a motor: vibration and the temperature of the housing."""

from __future__ import annotations

import math

from simulator.devices.base import Device, Habitat, Process
from simulator.devices.inventory_sensor.mounting import Mounting
from simulator.devices.inventory_sensor.options import InventorySensorOptions
from simulator.devices.inventory_sensor.radio import Radio
from simulator.world.bearing import Defect
from simulator.world.motor import Motor
from simulator.world.vibration import SILENCE

FLOOR_RMS = 0.03
FLOOR_CREST = 4.5
RMS_NOISE = 0.04
PEAK_NOISE = 0.06
BAND_NOISE = 0.08
KURTOSIS_NOISE = 0.04
CELSIUS_NOISE = 0.4
"""What the sensor shows of a motor at rest (mm/s, and the crest factor of noise), and the SDs of one
reading: relative for vibration, else absolute (assumption, as for wireless vibration sensors)."""

BANDS = {
    Defect.OUTER_RACE: "bpfo",
    Defect.INNER_RACE: "bpfi",
    Defect.ROLLING_ELEMENT: "bsf",
}
"""What the bands about the defect frequencies are called: ball pass frequency of the outer and the inner
race, ball spin frequency."""

QUIET_BANDS = dict.fromkeys(BANDS.values(), 0.0)
"""What these bands hold of a motor at rest: nothing that the sensor could tell from its own noise."""


class MotorSensor(Device[InventorySensorOptions]):
    """Watches one motor.

    Event: ``vibration`` at every interval: rms and peak (mm/s), crest factor, kurtosis, the rms in the bands
    about the bearing's defect frequencies, and °C.
    """

    __slots__ = (
        "_draws",
        "_motor",
        "_place",
        "_radio",
    )

    def __init__(self, habitat: Habitat, options: InventorySensorOptions, mounting: Mounting[Motor]) -> None:
        super().__init__(habitat, options)
        self.report_interval = options.report_interval
        self._place = mounting.place
        self._motor = mounting.watched
        self._draws = habitat.draws("vibration")
        self._radio = Radio(self.env.now, self._draws)

    def run(self) -> Process:
        """Return the sensor's life: it measures at every interval."""
        yield self.pause(float(self._draws.generator().random()))
        while True:
            if self._radio.carries(self.env.now):
                self._measure()
            yield self.pause()

    def about(self) -> dict[str, str | None]:
        """Return the shop's place: a motor is nobody's data."""
        return {"place": self._place}

    def _measure(self) -> None:
        motor, now, normal = self._motor, self.env.now, self._draws.normal
        heard, wear = motor.listen(now), motor.wear(now)
        running = heard is not SILENCE
        if running:
            rms = math.hypot(heard.rms * (1.0 + normal(0.0, RMS_NOISE)), FLOOR_RMS)
            peak = max(heard.peak * (1.0 + normal(0.0, PEAK_NOISE)), rms)
            bands = {
                BANDS[part]: round(level * (1.0 + normal(0.0, BAND_NOISE)), 3)
                for part, level in heard.bands.items()
            }
        else:
            rms = FLOOR_RMS * (1.0 + normal(0.0, RMS_NOISE))
            peak, bands = FLOOR_CREST * rms, QUIET_BANDS
        defect = motor.defect(now)
        self.emit(
            "vibration",
            {
                "rms": round(rms, 3),
                "peak": round(peak, 2),
                "crest": round(peak / rms, 2),
                "kurtosis": round(heard.kurtosis * (1.0 + normal(0.0, KURTOSIS_NOISE)), 2),
                "bands": bands,
                "celsius": round(motor.temperature(now, wear) + normal(0.0, CELSIUS_NOISE), 1),
            },
            facts={
                "running": running,
                "failed": motor.failed,
                "wear": round(wear, 4),
                "age": round(motor.age(now)),
                "remaining_life": round(motor.remaining_life(now)),
                "defect": None if defect is None else defect.value,
            },
        )
