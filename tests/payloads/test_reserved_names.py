"""No device family uses a name that belongs to the message itself."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
import simpy

from simulator.core import plugins
from simulator.core.actions import Command
from simulator.core.calendar import Calendar
from simulator.core.readings import Reading
from simulator.core.seeds import Draws, Seeds
from simulator.core.units import DAY
from simulator.devices import Family, Habitat
from simulator.payloads.plain_json import FORMAT, RESERVED
from simulator.privacy import Canaries, run_key
from simulator.privacy.particulars import SpokenCanaries, subject_of
from simulator.world import Person, beginning, build_neighbourhood


def a_day_of(kind: str) -> list[Reading]:
    """Return what a family's devices say in a day of a small neighbourhood, and when they are commanded."""
    family: Family = plugins.load("simulator.devices", kind)
    calendar = Calendar(datetime(2026, 3, 2, tzinfo=UTC))
    env, seeds = simpy.Environment(beginning(calendar)), Seeds(1)
    neighbourhood = build_neighbourhood(env, calendar, seeds, 0, households=8, shops=1)
    env.run(0)
    readings: list[Reading] = []
    canaries = Canaries(run_key(1))

    def particulars(person: Person) -> SpokenCanaries:
        return SpokenCanaries(canaries, subject_of(person, 2026), person.age)

    def habitat(entity: str) -> Habitat:
        def draws(purpose: str) -> Draws:
            return seeds.draws(purpose, kind, entity)

        return Habitat(env, calendar, draws, readings.append, particulars)

    options = family.options(kind=kind)
    for placement in family.placements(
        neighbourhood, options, lambda purpose, entity: seeds.draws(purpose, kind, entity)
    ):
        device = family.build(placement, habitat(placement.entity), options)
        env.process(device.run())
        device.obey(Command("firmware", "2.0.0"))
        device.obey(Command("mute"))
        device.obey(Command("unmute"))
    env.run(DAY)
    return readings


@pytest.mark.parametrize("kind", plugins.kinds("simulator.devices"))
def test_values_do_not_use_the_names_of_the_message(kind: str) -> None:
    readings = a_day_of(kind)
    assert len({reading.event for reading in readings}) > 3
    for reading in readings:
        assert not RESERVED & set(reading.values), reading.event
        message = msgspec.json.decode(FORMAT.encode("00ff", "d1", 7, "2026-03-02T06:30:00.250Z", reading))
        assert message == {
            "id": "00ff",
            "device": "d1",
            "seq": 7,
            "time": "2026-03-02T06:30:00.250Z",
            "event": reading.event,
            **reading.values,
        }
