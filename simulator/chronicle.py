"""A chronicle: what people did, what the shelves went through, and what the devices sent about it.

It looks at a fleet from outside, while the fleet's stream is drawn, and changes nothing about it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from simulator.core.actions import Publish
from simulator.core.calendar import Calendar
from simulator.core.process import collector_paused
from simulator.core.records import MessageTruth
from simulator.fleet import Fleet
from simulator.scenario import Scenario
from simulator.world import Household, Person, Shop, Spell
from simulator.world.motor import Motor, MotorEvent
from simulator.world.shelf import Shelf, ShelfEvent

_CHECK = 4096
"""Messages between two reports of progress."""

Values = dict[str, Any]
"""The payload of a message."""

Handler = Callable[[MessageTruth, Values], None]
"""Takes one message: its truth and its payload."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A spell with its end, in simulated seconds."""

    spell: Spell
    start: float
    end: float


class Chronicle:
    """What happened in a fleet.

    Args:
        scenario: what to simulate; its payload format is the plain JSON that can be read back.

    Attributes:
        fleet: the fleet that is watched.
        calendar: its town's clock.
        people: everybody, by id.
        households: all of them, by id.
        shops: all of them.
        shelf_events: what happened to each shelf, from the world's beginning on, by shelf id.
        motor_events: what happened to each motor, likewise.
        television: when the television of each home was switched, and whether on, by household id.
        end: simulated second up to which it tells.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.fleet = Fleet(scenario)
        self.calendar: Calendar = self.fleet.calendar
        self.people: dict[str, Person] = {}
        self.households: dict[str, Household] = {}
        self.shops: list[Shop] = []
        self.shelf_events: dict[str, list[ShelfEvent]] = {}
        self.motor_events: dict[str, list[MotorEvent]] = {}
        self.television: dict[str, list[tuple[float, bool]]] = {}
        self.end = 0.0
        self._spells: dict[str, list[Spell]] = {}
        self._duration = scenario.duration
        for hood in self.fleet.neighbourhoods:
            for household in hood.households:
                self.households[household.id] = household
                switched = self.television[household.id] = []
                household.observers.append(partial(self._note_television, household, switched))
                for person in household.members:
                    self._follow(person)
            for shop in hood.shops:
                self._watch(shop)

    def live(
        self,
        handlers: Mapping[str, Handler],
        *,
        progress: Callable[[float], None] = lambda _share: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Live through the scenario.

        Args:
            handlers: take the messages of their events; the key ``*`` takes those that no other does.
            progress: told the share of the scenario that is over.
            stopped: asked now and then; returns early when it says yes.

        Returns:
            Whether the scenario came to its end.
        """
        decode = msgspec.json.decode
        others = handlers.get("*")
        count = 0
        with collector_paused():
            for action, truth in self.fleet.stream(stopped):
                if truth is None or not isinstance(action, Publish):
                    continue
                handler = handlers.get(truth.event, others)
                if handler is not None:
                    handler(truth, decode(action.payload))
                count += 1
                if count % _CHECK == 0:
                    progress(action.at / self._duration)
        self.end = min(self.fleet.now, self._duration) if stopped() else self._duration
        return not stopped()

    def spells(self, person: str) -> Sequence[Spell]:
        """Return a person's spells in order, from the world's beginning on."""
        return self._spells[person]

    def lived(self, person: str, since: float = 0.0) -> Iterator[Lived]:
        """Yield a person's spells that go on after `since`, each with its end; the last is cut at the end."""
        spells = self._spells[person]
        for number, spell in enumerate(spells):
            end = spells[number + 1].start if number + 1 < len(spells) else self.end
            if end > since:
                yield Lived(spell, spell.start, min(end, self.end))

    def spell_at(self, person: str, at: float) -> Spell:
        """Return what a person did at a simulated second."""
        spells = self._spells[person]
        return spells[max(bisect_right(spells, at, key=_start) - 1, 0)]

    def shelves(self) -> Iterator[Shelf]:
        """Yield all shelves of all shops."""
        for shop in self.shops:
            yield from shop.shelves

    def motors(self) -> Iterator[Motor]:
        """Yield all motors of all shops."""
        for shop in self.shops:
            yield from shop.motors

    def _follow(self, person: Person) -> None:
        self.people[person.id] = person
        spells = self._spells[person.id] = [person.spell]
        person.observers.append(partial(_note, spells))

    def _note_television(self, household: Household, switched: list[tuple[float, bool]]) -> None:
        switched.append((self.fleet.now, household.television_on))

    def _watch(self, shop: Shop) -> None:
        self.shops.append(shop)
        for shelf in shop.shelves:
            shelf.observers.append(self.shelf_events.setdefault(shelf.id, []).append)
        for motor in shop.motors:
            motor.observers.append(self.motor_events.setdefault(motor.id, []).append)


def _note(spells: list[Spell], _finished: Spell, begun: Spell) -> None:
    spells.append(begun)


def _start(spell: Spell) -> float:
    return spell.start
