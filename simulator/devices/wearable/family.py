"""The family of wearables: who wears one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from simulator.core.seeds import Draws
from simulator.devices.base import Habitat, Placement
from simulator.devices.wearable.device import Wearable
from simulator.devices.wearable.options import WearableOptions
from simulator.world import Neighbourhood
from simulator.world.person import Person

TEEN_AGE = 13
"""Years from which people wear one like adults do."""
SCHOOL_AGE = 6
"""Years below which nobody does."""
CHILD_OWNERS = 0.2
"""Owners among children in between, relative to adults (assumption)."""
ELDER_OWNERS = ((65, 0.3), (50, 0.7))
"""Owners from an age on, relative to younger adults: 17 % own one past fifty, 25 % before (Pew Research
Center 2020), and only 6 % of 419,297 watch owners in a study were past 65 (Perez 2019)."""


class WearableFamily:
    """Watches and bands: pulse, steps, sleep, position; synced in bursts."""

    kind: ClassVar[str] = "wearable"
    summary: ClassVar[str] = (
        "Watch or band: pulse, steps, sleep, SpO2, skin temperature, position; synced in bursts."
    )
    options: ClassVar[type[WearableOptions]] = WearableOptions

    def placements(
        self, neighbourhood: Neighbourhood, options: WearableOptions, draws: Callable[[str, str], Draws]
    ) -> Iterator[Placement]:
        """Yield each person who owns one."""
        for person in neighbourhood.people():
            if draws("ownership", person.id).chance(options.owners * _inclination(person)):
                yield Placement(person.id, person)

    def build(self, placement: Placement, habitat: Habitat, options: WearableOptions) -> Wearable:
        """Return the wearable of one person."""
        return Wearable(habitat, options, placement.thing)


def _inclination(person: Person) -> float:
    """Return how likely the person is to own one, relative to a young adult."""
    for age, relative in ELDER_OWNERS:
        if person.age >= age:
            return relative
    if person.age >= TEEN_AGE:
        return 1.0
    return CHILD_OWNERS if person.age >= SCHOOL_AGE else 0.0


FAMILY = WearableFamily()
