"""The step counter: a count for each quarter of an hour, and how much the wrist moved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.core.readings import Hazard, Reading, Value
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.gait import BUCKET, Piece
from simulator.devices.wearable.movement import movement
from simulator.devices.wearable.stretch import Stretch
from simulator.world.person import Activity, Person


class Steps:
    """Counts steps and reports them when a bucket ends, or when the wearable is taken off.

    A count belongs to the activity in which most of its steps were made.
    """

    __slots__ = (
        "_draws",
        "_facts",
        "_hazards",
        "_household",
        "_most",
        "_moved",
        "_person",
        "_place",
        "_since",
        "_steps",
    )

    def __init__(self, person: Person, draws: Draws) -> None:
        self._draws = draws
        self._moved = 0.0
        self._person = person.id
        self._household = person.household
        self._hazards = hazards_of(person, Hazard.HEALTH)
        self._steps = 0.0
        self._since: float | None = None
        self._most = -1.0
        self._facts: Mapping[str, Value] | None = None
        self._place: str | None = None

    def record(self, stretch: Stretch, pieces: Sequence[Piece], burst: list[Reading]) -> None:
        """Count the steps of a stretch."""
        asleep = stretch.spell.activity is Activity.ASLEEP
        for start, end, cadence in pieces:
            if self._since is None:
                self._since = start
            steps = cadence * (end - start) / MINUTE
            self._steps += steps
            self._moved += movement(cadence, asleep, self._draws) * (end - start)
            if steps >= self._most:
                self._most = steps
                self._facts = stretch.facts
                self._place = stretch.place
            if end % BUCKET == 0.0:
                self._report(end, burst)

    def take_off(self, at: float, burst: list[Reading]) -> None:
        """Report what was counted before the wearable came off the wrist or died."""
        if self._since is not None:
            self._report(at, burst)

    def lose(self) -> None:
        """Forget what was counted and not yet reported."""
        self._steps = self._moved = 0.0
        self._since = None
        self._most = -1.0

    def _report(self, at: float, burst: list[Reading]) -> None:
        count = int(self._steps)
        assert self._since is not None
        seconds = at - self._since
        burst.append(
            Reading(
                at,
                "steps",
                {"count": count, "seconds": round(seconds, 1), "movement": round(self._moved / seconds, 1)},
                self._person,
                self._household,
                self._place,
                self._hazards,
                self._facts,
            )
        )
        # The broken step is made later, so that a long walk adds up to its distance.
        self._steps -= count
        self._moved = 0.0
        self._since = None
        self._most = -1.0
