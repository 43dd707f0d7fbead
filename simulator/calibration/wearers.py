"""Wearers: cohorts in which everybody has a watch or a band, with what each wrist sent."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.cohort import ADULT, Cohort
from simulator.calibration.estimate import Floats
from simulator.chronicle import Handler, Values
from simulator.core.records import MessageTruth
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world import Activity, Person

_CODES = {activity.value: code for code, activity in enumerate(Activity)}
ASLEEP, EXERCISE = _CODES["asleep"], _CODES["exercise"]

RESTING_CADENCE = 3.0
"""Steps a minute: somebody who makes no more of them in half an hour is at rest."""

LONGEST_STAGE = 4 * HOUR
"""No stage of sleep lasts so long: the watch has lost sight of its wearer."""

LEAST_SAMPLES = 20
"""Readings of a person that make a median."""

NIGHT_ENDS = 1 * HOUR
"""Awake for so long, one has got up; a shorter time awake is part of the night."""

SHORTEST_NIGHT = 3 * HOUR
"""Seconds; what is shorter is a nap, as trackers tell the two apart (Fitbit: stages from 3 h on)."""

Mask = NDArray[np.bool_]


class Series:
    """Numbers with their event times and what their wearer did, in order of time, in little memory."""

    def __init__(self) -> None:
        self._at, self._value, self._activity = array("d"), array("d"), array("b")

    def add(self, truth: MessageTruth, value: float) -> None:
        """Append one."""
        self._at.append(truth.observed)
        self._value.append(value)
        self._activity.append(_CODES.get((truth.facts or {}).get("activity", ""), -1))  # type: ignore[arg-type]

    @property
    def at(self) -> Floats:
        """Event times, simulated seconds."""
        return np.frombuffer(self._at)

    @property
    def value(self) -> Floats:
        """The numbers."""
        return np.frombuffer(self._value)

    @property
    def activity(self) -> NDArray[np.int8]:
        """What the wearer did, as codes."""
        return np.frombuffer(self._activity, np.int8)


@dataclass(frozen=True, slots=True)
class Night:
    """The longest sleep of a night as a wearable saw it.

    Attributes:
        onset: simulated second of the first stage that is not awake.
        end: when the wearer woke for good.
        asleep: seconds in stages other than awake.
    """

    onset: float
    end: float
    asleep: float


@dataclass(slots=True)
class Wrist:
    """What one wearable sent."""

    person: Person
    pulse: Series = field(default_factory=Series)
    steps: Series = field(default_factory=Series)
    counted: array[float] = field(default_factory=lambda: array("d"))
    skin: Series = field(default_factory=Series)
    oxygen: Series = field(default_factory=Series)
    variability: Series = field(default_factory=Series)
    rest: Series = field(default_factory=Series)
    stages: list[tuple[float, str]] = field(default_factory=list)
    worn: list[tuple[float, bool]] = field(default_factory=list)
    battery: list[tuple[float, float, bool]] = field(default_factory=list)
    oldest: list[tuple[float, float]] = field(default_factory=list)

    def cadence(self) -> tuple[Floats, Floats, Floats]:
        """Return the start, the end and the steps a minute of each step count."""
        end, seconds = self.steps.at, np.frombuffer(self.counted)
        return end - seconds, end, self.steps.value / np.maximum(seconds, 1.0) * MINUTE

    def resting(self, at: Floats, activity: NDArray[np.int8]) -> Mask:
        """Return which moments lie in hardly a step, in a count of steps and in the one before it."""
        start, end, cadence = self.cadence()
        if len(end) < 2:
            return np.zeros(len(at), bool)
        count = np.minimum(np.searchsorted(end, at), len(end) - 1)
        before = np.maximum(count - 1, 0)
        quiet = (cadence[count] <= RESTING_CADENCE) & (cadence[before] <= RESTING_CADENCE)
        joined = (start[count] <= at) & (start[count] - end[before] < 1.0) & (count > 0)
        return np.asarray(quiet & joined & (activity != ASLEEP) & (activity != EXERCISE))

    def nights(self) -> Iterator[Night]:
        """Yield the nights that the wearable saw whole."""
        best: dict[int, Night] = {}
        for night in self._sleeps():
            if night.end - night.onset < SHORTEST_NIGHT:
                continue
            day = int((night.onset - 12 * HOUR) // DAY)
            if day not in best or night.asleep > best[day].asleep:
                best[day] = night
        yield from best.values()

    def _sleeps(self) -> Iterator[Night]:
        onset, asleep = None, 0.0
        for (at, stage), (following, _) in zip(self.stages, [*self.stages[1:], (np.inf, "")], strict=False):
            lasts = following - at
            if stage != "awake":
                onset = at if onset is None else onset
                asleep += lasts
                if lasts > LONGEST_STAGE:
                    onset, asleep = None, 0.0
            elif lasts > NIGHT_ENDS and onset is not None:
                yield Night(onset, at, asleep)
                onset, asleep = None, 0.0

    def worn_hours(self, days: int) -> Floats:
        """Return the hours for which it was worn on each day."""
        hours = np.zeros(days)
        changes = [*self.worn, (days * DAY, False)]
        for (start, worn), (end, _) in pairwise(changes):
            if worn:
                for day in range(int(start // DAY), min(int(end // DAY) + 1, days)):
                    hours[day] += max(min(end, (day + 1) * DAY) - max(start, day * DAY), 0.0) / HOUR
        return hours


class Wearers(Cohort):
    """Everybody of six years or more wears a watch. Kept by wearer."""

    title: ClassVar[str] = "everybody of 200 households with a watch, two weeks"
    cost: ClassVar[float] = 40.0

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__(scale)
        self.wrists: dict[str, Wrist] = {}
        self._synced: dict[str, float] = {}

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return {
            "name": "wearers",
            "seed": 1628,
            "duration": "14d",
            "world": {"households": 200, "shops": 2},
            "devices": [{"kind": "wearable", "owners": 1.0}],
        }

    def handlers(self) -> Mapping[str, Handler]:
        """Return what keeps the messages of the wearables."""
        return {
            "heart_rate": lambda truth, values: self._of(truth).pulse.add(truth, values["bpm"]),
            "steps": self._keep_steps,
            "sleep_stage": lambda truth, values: self._of(truth).stages.append(
                (truth.observed, values["stage"])
            ),
            "skin_temperature": lambda truth, values: self._of(truth).skin.add(truth, values["celsius"]),
            "resting_heart_rate": lambda truth, values: self._of(truth).rest.add(truth, values["bpm"]),
            "heart_rate_variability": lambda truth, values: self._of(truth).variability.add(
                truth, values["rmssd"]
            ),
            "spo2": lambda truth, values: self._of(truth).oxygen.add(truth, values["percent"]),
            "wear": lambda truth, values: self._of(truth).worn.append((truth.observed, values["worn"])),
            "battery": lambda truth, values: self._of(truth).battery.append(
                (truth.at, values["percent"], values["charging"])
            ),
        }

    @cached_property
    def adults(self) -> list[Wrist]:
        """The wearables of adults."""
        return [wrist for wrist in self.wrists.values() if wrist.person.age >= ADULT]

    def _of(self, truth: MessageTruth) -> Wrist:
        person = truth.person or ""
        wrist = self.wrists.get(person)
        if wrist is None:
            wrist = self.wrists[person] = Wrist(self.chronicle.people[person])
        if truth.at != self._synced.get(person):
            self._synced[person] = truth.at
            wrist.oldest.append((truth.at, truth.observed))
        return wrist

    def _keep_steps(self, truth: MessageTruth, values: Values) -> None:
        wrist = self._of(truth)
        wrist.steps.add(truth, values["count"])
        wrist.counted.append(values["seconds"])


def local_hours(wearers: Wearers, at: Floats) -> Floats:
    """Return the local hours of some moments."""
    return np.asarray((at + wearers.chronicle.calendar.hour(0.0) * HOUR) % DAY / HOUR)


class Bands(Wearers):
    """Bands, which sample every few seconds."""

    title: ClassVar[str] = "12 households with bands, four days"
    cost: ClassVar[float] = 3.0

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return {
            "name": "bands",
            "seed": 1904,
            "duration": "4d",
            "world": {"households": 12, "shops": 1},
            "devices": [{"kind": "wearable", "owners": 1.0, "sampling": "band"}],
        }


class Hoarders(Wearers):
    """Watches that sync about once a week, so that some have to wait longer than they can store."""

    title: ClassVar[str] = "10 households with watches that sync weekly, six weeks"
    cost: ClassVar[float] = 5.0

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return {
            "name": "hoarders",
            "seed": 1937,
            "duration": "42d",
            "world": {"households": 10, "shops": 1},
            "devices": [{"kind": "wearable", "owners": 1.0, "sync_interval": "7d"}],
        }
