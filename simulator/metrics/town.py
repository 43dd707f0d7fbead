"""Who lives in a run's town, what they agree to at a moment, and what devices there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from simulator.core.purposes import Purpose
from simulator.core.records import ConsentTruth, PersonTruth, RequestTruth


@dataclass(frozen=True, slots=True)
class Town:
    """A town, or the part of it that is in a shard, at a moment.

    Attributes:
        devices: by family.
        consenting: people who agree to a use of their data, by purpose.
        requests: made until then, by kind.
    """

    people: int = 0
    households: int = 0
    devices: Mapping[str, int] = field(default_factory=dict)
    consenting: Mapping[str, int] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Town) -> Town:
        """Return both parts together."""
        return Town(
            self.people + other.people,
            self.households + other.households,
            _sum(self.devices, other.devices),
            _sum(self.consenting, other.consenting),
            _sum(self.requests, other.requests),
        )


class Register:
    """Follows what people agree to and ask for, from moment to moment.

    Args:
        families: of every device.
    """

    def __init__(self, families: Iterable[str]) -> None:
        self._devices = Counter(families)
        self._people = 0
        self._households: set[str] = set()
        self._rows: list[ConsentTruth | RequestTruth] = []
        self._next = 0
        self._agreed: dict[str, tuple[str, ...]] = {}
        self._consenting = Counter({purpose.value: 0 for purpose in Purpose})
        self._requests: Counter[str] = Counter()

    def person(self, row: PersonTruth) -> None:
        """Take somebody who lives there."""
        self._people += 1
        self._households.add(row.household)

    def take(self, row: ConsentTruth | RequestTruth) -> None:
        """Take what somebody agrees to from a moment on, or asks for then; before the first question."""
        self._rows.append(row)

    def at(self, simulated: float) -> Town:
        """Return the town at a moment, which must not be before that of the last question."""
        if not self._next:
            self._rows.sort(key=attrgetter("at"))
        while self._next < len(self._rows) and self._rows[self._next].at <= simulated:
            row = self._rows[self._next]
            self._next += 1
            if isinstance(row, RequestTruth):
                self._requests[row.kind.value] += 1
            else:
                self._consenting.subtract(self._agreed.get(row.person, ()))
                self._consenting.update(row.purposes)
                self._agreed[row.person] = row.purposes
        return Town(
            self._people,
            len(self._households),
            dict(self._devices),
            dict(self._consenting),
            dict(self._requests),
        )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
