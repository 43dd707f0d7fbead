"""An RFID reader over a shelf that always holds the same number of tagged items, as in a field trial."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from simulator.core.calendar import Calendar
from simulator.core.readings import Reading
from simulator.core.seeds import Draws, Seeds
from simulator.core.units import HOUR
from simulator.devices import Habitat
from simulator.devices.inventory_sensor import InventorySensorOptions, ShelfSensor
from simulator.devices.inventory_sensor.mounting import Mounting
from simulator.world import Agenda
from simulator.world.shelf import Item, Shelf

READERS, READS = 60, 60

_ITEM = Item("0200000000000", "a tagged item", 100.0, 2.0, chilled=False, pharmacy=False)


def read(items: int, calendar: Calendar) -> Iterator[tuple[int, int]]:
    """Yield for each of many readers how many items it read, and how many there were, over all its reads."""
    agenda, seeds = Agenda(), Seeds(items)
    options = InventorySensorOptions(rfid_interval=HOUR)
    counted: list[list[int]] = []
    for number in range(READERS):
        found: list[int] = []
        counted.append(found)

        def emit(reading: Reading, found: list[int] = found) -> None:
            count = reading.values.get("count")
            if reading.event == "inventory" and isinstance(count, int):
                found.append(count)

        shelf = Shelf(f"shelf{number}", _ITEM, capacity=items, stock=items, popularity=1.0)
        habitat = Habitat(agenda, calendar, partial(_draws, seeds, number), emit)
        agenda.process(ShelfSensor(habitat, options, Mounting("shop", shelf)).run())
    agenda.run(until=READS * HOUR)
    for found in counted:
        yield sum(found), items * len(found)


def _draws(seeds: Seeds, number: int, purpose: str) -> Draws:
    return seeds.draws(purpose, number)
