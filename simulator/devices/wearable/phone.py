"""Where the wearer's phone is: the wearable syncs only when it is near."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.world.person import Activity, Person, Spell
from simulator.world.place import PlaceKind

LEFT_FOR_EXERCISE = 0.35
"""Chance that the phone stays at home when its owner leaves to exercise (assumption)."""
LEFT_OTHERWISE = 0.02
"""Chance that it stays at home on any other outing (assumption)."""


class Phone:
    """Is taken along, or left at home until its owner is back.

    Attributes:
        near: whether it is where its owner is.
    """

    __slots__ = ("_draws", "_home", "near")

    def __init__(self, person: Person, draws: Draws) -> None:
        self._home = person.home
        self._draws = draws
        self.near = True

    def follow(self, finished: Spell, begun: Spell) -> None:
        """Decide what happens to the phone at a change of spell."""
        if begun.place is self._home:
            self.near = True
        elif finished.place is self._home:
            heading = begun.place if begun.trip is None else begun.trip.destination
            exercise = begun.activity is Activity.EXERCISE or (
                heading is not None and heading.kind is PlaceKind.PARK
            )
            self.near = not self._draws.chance(LEFT_FOR_EXERCISE if exercise else LEFT_OTHERWISE)
