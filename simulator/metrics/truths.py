"""What is true about the messages of a load, counted while it runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TypeVar

from simulator.core.readings import Hazard
from simulator.core.records import Expectation, MessageTruth, Outcome

K = TypeVar("K")


class Truths:
    """Counts messages by what is true about them; those of shards add up to the run's.

    Attributes:
        expected: by what a correct control does with them.
        attacks: those that are part of an attack, by its kind.
        ended: the same, by how they ended.
        open: ids of those that have not ended, with the kind of the attack.
    """

    __slots__ = ("_faults", "_hazards", "attacks", "ended", "expected", "open")

    def __init__(self) -> None:
        self.expected: defaultdict[Expectation, int] = defaultdict(int)
        self.attacks: Counter[str] = Counter()
        self.ended: Counter[tuple[str, Outcome]] = Counter()
        self._hazards: defaultdict[tuple[Hazard, ...], int] = defaultdict(int)
        self._faults: defaultdict[str, int] = defaultdict(int)
        self.open: dict[str, str] = {}

    def due(self, about: MessageTruth) -> None:
        """Count a message that is to be sent now."""
        self.expected[about.expect] += 1
        if about.hazards:
            self._hazards[about.hazards] += 1
        if about.fault is not None:
            self._faults[about.fault] += 1
        if about.attack is not None:
            kind = _kind(about.attack)
            self.attacks[kind] += 1
            self.open[about.id] = kind

    def finished(self, message: str, outcome: Outcome) -> None:
        """Count how a message ended, by its id; of no effect if it is not one of the `open` ones."""
        if (kind := self.open.pop(message, None)) is not None:
            self.ended[kind, outcome] += 1

    def hazards(self) -> Counter[Hazard]:
        """Return how many messages are about somebody's privacy, by why; one may be for several reasons."""
        counts: Counter[Hazard] = Counter()
        for hazards, count in self._hazards.items():
            for hazard in hazards:
                counts[hazard] += count
        return counts

    def faults(self) -> Counter[str]:
        """Return how many messages faults have touched, by the kind of fault."""
        counts: Counter[str] = Counter()
        for labels, count in self._faults.items():
            for kind in set(_kinds(labels)):
                counts[kind] += count
        return counts

    def merge(self, other: Truths) -> None:
        """Add what another shard counted."""
        _add(self.expected, other.expected)
        _add(self._hazards, other._hazards)
        _add(self._faults, other._faults)
        self.attacks.update(other.attacks)
        self.ended.update(other.ended)

    def copy(self) -> Truths:
        """Return the same counts, which no longer change with these."""
        copy = Truths()
        copy.merge(self)
        return copy


def _kinds(labels: str) -> Iterator[str]:
    return (_kind(label) for label in labels.split("+"))


def _kind(label: str) -> str:
    """Return the kind in a label, ``KIND-N``."""
    return label.rpartition("-")[0]


def _add(mine: defaultdict[K, int], theirs: defaultdict[K, int]) -> None:
    for key, count in theirs.items():
        mine[key] += count
