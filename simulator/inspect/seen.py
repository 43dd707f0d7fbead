"""What is seen of a scenario: everything that the page shows, gathered in one simulation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulator.chronicle import Chronicle, Values
from simulator.core.errors import UsageError
from simulator.core.nearest import nearest, suggestion
from simulator.core.records import MessageTruth
from simulator.core.units import DAY, HOUR
from simulator.scenario import Scenario
from simulator.world import Household
from simulator.world.shelf import StockChange

CANDIDATES = 150
"""Households whose day is kept until one of them is chosen to be shown."""

KEPT_EVENTS = frozenset(
    ("heart_rate", "steps", "sleep_stage", "position", "wear", "wake", "utterance", "playback", "motion")
)
"""What the day of a household shows."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message about a household: when it was observed, what, and what is true about it."""

    at: float
    event: str
    device: str
    person: str | None
    values: Values
    facts: dict[str, Any]


@dataclass(slots=True)
class Traffic:
    """Messages of one kind of device by hour of the day and by day of the scenario."""

    by_hour: Counter[int] = field(default_factory=Counter)
    by_day: Counter[int] = field(default_factory=Counter)

    @property
    def messages(self) -> int:
        """All of them."""
        return self.by_day.total()


class Seen:
    """A scenario that was simulated to be looked at.

    Args:
        scenario: what to simulate.
        household: whose day to keep; None to choose one in which much happens.

    Attributes:
        scenario: as given.
        chronicle: what people did.
        start, end: the day that is shown, in simulated seconds.
        traffic: by kind of device.
        steps: by wearer and day.
        asleep: seconds asleep by wearer and night.
        pulses: how often each pulse was read.

    Raises:
        UsageError: there is no such household, or the payload format cannot be read back.
    """

    def __init__(self, scenario: Scenario, household: str | None = None) -> None:
        self.scenario = _readable(scenario)
        self.chronicle = Chronicle(self.scenario)
        self.start, self.end = _shown_day(self.chronicle, scenario.duration)
        self.traffic: dict[str, Traffic] = defaultdict(Traffic)
        self.steps: dict[tuple[str, int], int] = defaultdict(int)
        self.asleep: dict[tuple[str, int], float] = defaultdict(float)
        self.pulses: Counter[int] = Counter()
        self._asked = household
        self._stage: dict[str, tuple[float, bool]] = {}
        self._kept: dict[str, list[Sighting]] = {}
        homes = self.chronicle.households
        if household is not None and household not in homes:
            close = suggestion(household, homes) if nearest(household, homes) else "write it such as n0-h3"
            raise UsageError(f"there is no household {household!r} among {len(homes):,}; {close}")
        for home in [household] if household is not None else list(homes)[:CANDIDATES]:
            self._kept[home] = []

    def live(self, progress: Callable[[float], None], stopped: Callable[[], bool]) -> bool:
        """Simulate it; return whether it came to its end."""
        return self.chronicle.live({"*": self._take}, progress=progress, stopped=stopped)

    @cached_property
    def household(self) -> Household:
        """The household whose day is shown: the one asked for, or one in which much happens."""
        homes = self.chronicle.households
        if self._asked is not None:
            return homes[self._asked]
        return homes[max(self._kept, key=self._liveliness)]

    @property
    def sightings(self) -> list[Sighting]:
        """What devices sent about that household on the day that is shown, by time of the event."""
        return sorted(self._kept[self.household.id], key=lambda sighting: sighting.at)

    @cached_property
    def baskets(self) -> list[int]:
        """How many items each shopping visit took."""
        items: Counter[str] = Counter()
        for events in self.chronicle.shelf_events.values():
            for event in events:
                if event.change is StockChange.PICK and event.visit is not None and event.at >= 0.0:
                    items[event.visit] -= event.quantity
        return list(items.values())

    def _take(self, truth: MessageTruth, values: Values) -> None:
        calendar = self.chronicle.calendar
        traffic = self.traffic[truth.kind]
        traffic.by_hour[int(calendar.hour(truth.at))] += 1
        traffic.by_day[calendar.day(truth.at)] += 1
        event = truth.event
        if event == "heart_rate":
            self.pulses[values["bpm"]] += 1
        elif event == "steps" and truth.person is not None:
            # A count belongs to the day before if it ends at midnight.
            self.steps[truth.person, calendar.day(truth.observed - 1.0)] += values["count"]
        elif event == "sleep_stage" and truth.person is not None:
            self._sleep(truth.person, truth.observed, values["stage"] != "awake")
        if event in KEPT_EVENTS and self.start <= truth.observed < self.end:
            kept = self._kept.get(truth.household or "")
            if kept is not None:
                facts = dict(truth.facts or {})
                kept.append(Sighting(truth.observed, event, truth.device, truth.person, dict(values), facts))

    def _sleep(self, person: str, at: float, asleep: bool) -> None:
        since, was_asleep = self._stage.get(person, (at, False))
        self._stage[person] = (at, asleep)
        if was_asleep and at - since < 4 * HOUR:
            # From noon to noon, so that a night is one.
            self.asleep[person, self.chronicle.calendar.day(at - 12 * HOUR)] += at - since

    def _liveliness(self, household: str) -> tuple[int, int]:
        """Return how much there is to see of a household: what kinds of things, then how many people."""
        sightings = self._kept[household]
        events = {sighting.event for sighting in sightings}
        members = self.chronicle.households[household].members
        shops = any(
            lived.spell.activity == "shop" and lived.start < self.end
            for person in members
            for lived in self.chronicle.lived(person.id, self.start)
        )
        wearers = len({sighting.person for sighting in sightings if sighting.event == "heart_rate"})
        television = any(self.start <= at < self.end for at, _ in self.chronicle.television[household])
        return len(events) + 2 * shops + television, min(wearers, 2) * 10 + min(len(members), 4)


def _shown_day(chronicle: Chronicle, duration: float) -> tuple[float, float]:
    """Return the first whole local day, or what there is, up to a day."""
    midnight = chronicle.calendar.next(-1.0, 0.0)
    if midnight + DAY <= duration:
        return midnight, midnight + DAY
    return 0.0, min(duration, DAY)


def _readable(scenario: Scenario) -> Scenario:
    """Return the scenario with payloads that can be read back, whatever its fleet sends."""
    mqtt = scenario.mqtt.model_copy(update={"payload": "json"})
    devices = tuple(options.model_copy(update={"payload": None}) for options in scenario.devices)
    return scenario.model_copy(update={"mqtt": mqtt, "devices": devices})
