"""Electric kettles: they report each boil and how much water was in it."""

from pydantic import Field

from simulator.core.readings import Hazard
from simulator.devices import HouseholdDevice, Process, SimpleFamily, SimpleOptions


class KettleOptions(SimpleOptions):
    """What a scenario can say about kettles, besides `share`, `report_interval`, `qos` and `payload`."""

    litres: float = Field(default=0.8, gt=0, le=1.7, description="How much is boiled at a time, on average.")


class Kettle(HouseholdDevice[KettleOptions]):
    """Boils now and then when somebody is up at home, more for more people."""

    def run(self) -> Process:
        """Return the kettle's life."""
        while True:
            yield self.pause(self.draws.uniform(0.5, 1.5))
            up = self.household.awake_at_home()
            if up and self.draws.chance(0.3):
                litres = min(self.options.litres * self.draws.lognormal(len(up) ** 0.5, 0.3), 1.7)
                self.emit("boiled", {"litres": round(litres, 1)}, hazards=(Hazard.OCCUPANCY,))


FAMILY = SimpleFamily("kettle", "Kettle: how much water it boils, and when.", Kettle, KettleOptions)
