"""Crowds to attack: where 5,000 people are each hour, and what watches and shelves send about 250."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import simpy

from simulator.core.actions import Publish
from simulator.core.calendar import Calendar
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.fleet import Fleet
from simulator.scenario import Scenario
from simulator.verify import Baskets, Fixes
from simulator.world import Activity, Person, Spell, beginning, build_neighbourhood

START = datetime.fromisoformat("2026-03-02T00:00:00+10:30")
CALENDAR = Calendar(START)

AT_HOME = 2 * HOUR
ELSEWHERE = 30 * MINUTE
ON_THE_WAY = 3 * MINUTE
"""Seconds between two positions: as a watch sends them, but not more than two an hour at one place."""


def seldom_fixes(neighbourhoods: int, days: int, seed: int = 1) -> Fixes:
    """Return where everybody is once an hour, at a moment of it that is theirs, as a phone records it.

    Nothing in one neighbourhood depends on another, so they live one after the other.
    """
    rows: list[tuple[int, float, float, float]] = []
    for index in range(neighbourhoods):
        env = simpy.Environment(initial_time=beginning(CALENDAR))
        hood = build_neighbourhood(env, CALENDAR, Seeds(seed), index, households=100, shops=1)
        people = list(hood.people())
        first = rows[-1][0] + 1 if rows else 0
        env.run(until=0.0)
        for number, person in enumerate(people, first):
            person.observers.append(_Watch(number, rows, days * DAY, (number * 977) % AT_HOME).note)
        env.run(until=days * DAY)
        for person in people:
            person.begin(person.spell)
    person, at, latitude, longitude = (np.array(column) for column in zip(*rows, strict=True))
    return Fixes(person, at, latitude, longitude)


@dataclass
class _Watch:
    """Keeps the positions of one person as seldom as the cells and hours that a watch sends allow."""

    number: int
    rows: list[tuple[int, float, float, float]]
    until: float
    due: float

    def note(self, finished: Spell, begun: Spell) -> None:
        end = self.until if begun is finished else begun.start
        if finished.trip is not None:
            gap = ON_THE_WAY
        elif finished.activity in (Activity.ASLEEP, Activity.HOME):
            gap = AT_HOME
        else:
            gap = ELSEWHERE
        if gap is not AT_HOME:
            self.due = min(self.due, finished.start + gap / 2)
        while self.due < end:
            self.rows.append((self.number, self.due, *finished.position(self.due)))
            self.due += gap


@dataclass(frozen=True)
class Watched:
    """What 100 households' watches and their shop's shelves sent, and the truth.

    Attributes:
        fixes: the positions that the watches sent.
        home: latitude and longitude of everybody's home, degrees.
        baskets: from the shelves, of those who wear a watch.
        shopper: whose each basket is.
    """

    fixes: Fixes
    home: tuple[Any, Any]
    baskets: Baskets
    shopper: Any


def watched(days: int) -> Watched:
    """Return some days of 100 households in which everybody wears a watch."""
    fleet = Fleet(
        Scenario.model_validate(
            {
                "name": "watched",
                "seed": 23,
                "start": START.isoformat(),
                "duration": f"{days}d",
                "world": {"households": 100, "shops": 1},
                "devices": [
                    {"kind": "wearable", "owners": 1.0},
                    {"kind": "inventory_sensor", "per_shop": 184},
                ],
            }
        )
    )
    (hood,) = fleet.neighbourhoods
    people: list[Person] = list(hood.people())
    number = {person.id: index for index, person in enumerate(people)}
    positions: list[tuple[int, float, float, float]] = []
    visits: dict[tuple[str, str], list[float]] = defaultdict(list)
    for action, truth in fleet.stream():
        if truth is None or not isinstance(action, Publish):
            continue
        if truth.event == "position":
            sent = msgspec.json.decode(action.payload)
            where = (sent["latitude"], sent["longitude"])
            positions.append((number[truth.person or ""], truth.observed, *where))
        elif truth.event == "shelf" and truth.person is not None and truth.facts is not None:
            visits[truth.person, str(truth.facts["visit"])].append(truth.observed)
    # Of a basket of one item nobody knows how long it took to fill.
    filled = {key: moments for key, moments in visits.items() if max(moments) - min(moments) > 5 * MINUTE}
    shop = hood.shops[0].place
    person, at, latitude, longitude = (np.array(column) for column in zip(*positions, strict=True))
    return Watched(
        fixes=Fixes(person, at, latitude, longitude),
        home=(
            np.array([person.home.latitude for person in people]),
            np.array([person.home.longitude for person in people]),
        ),
        baskets=Baskets(
            np.array([min(moments) for moments in filled.values()]),
            np.array([max(moments) for moments in filled.values()]),
            np.full(len(filled), shop.latitude),
            np.full(len(filled), shop.longitude),
        ),
        shopper=np.array([number[shopper] for shopper, _ in filled]),
    )
