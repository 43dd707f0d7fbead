"""What is under way at a moment of a run: which attacks, which faults, and whom they have befallen."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.core.campaigns import CampaignTruth
from simulator.core.records import FaultTruth

Labels = Mapping[str, frozenset[str]]
"""Labels of what is under way, by kind; a kind of which nothing is has an empty set."""


@dataclass(frozen=True, slots=True)
class Underway:
    """What is under way.

    Attributes:
        campaigns: attacks.
        faults: faults.
        befallen: devices that a fault of a kind has befallen.
    """

    campaigns: Labels = field(default_factory=dict)
    faults: Labels = field(default_factory=dict)
    befallen: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Underway) -> Underway:
        """Return what is under way in two shards, which have attacks and faults of the network in common."""
        return Underway(
            _union(self.campaigns, other.campaigns),
            _union(self.faults, other.faults),
            Counter(self.befallen) + Counter(other.befallen),
        )


class Windows:
    """When attacks and faults begin and end, in simulated seconds."""

    def __init__(self) -> None:
        self._campaigns: dict[str, list[tuple[str, float, float | None]]] = defaultdict(list)
        self._faults: dict[str, dict[str, tuple[list[float], list[float]]]] = defaultdict(dict)
        self._networks: dict[str, list[tuple[str, float, float | None]]] = defaultdict(list)
        self._sorted = True

    def campaign(self, row: CampaignTruth) -> None:
        """Take an attack; what only looks like one is a fault."""
        if not row.benign:
            self._campaigns[row.kind].append((row.campaign, row.at, row.until))

    def fault(self, row: FaultTruth) -> None:
        """Take a fault as it befalls one device, or the network."""
        if row.device is None:
            self._networks[row.kind].append((row.fault, row.at, row.until))
            return
        begins, ends = self._faults[row.kind].setdefault(row.fault, ([], []))
        begins.append(row.at)
        if row.until is not None:
            ends.append(row.until)
        self._sorted = False

    def at(self, simulated: float) -> Underway:
        """Return what is under way at a moment."""
        if not self._sorted:
            for labels in self._faults.values():
                for begins, ends in labels.values():
                    begins.sort()
                    ends.sort()
            self._sorted = True
        befallen = {
            kind: {
                label: bisect_right(begins, simulated) - bisect_right(ends, simulated)
                for label, (begins, ends) in labels.items()
            }
            for kind, labels in self._faults.items()
        }
        devices = {
            kind: frozenset(label for label, count in labels.items() if count)
            for kind, labels in befallen.items()
        }
        return Underway(
            campaigns=_lasting(self._campaigns, simulated),
            faults=_union(_lasting(self._networks, simulated), devices),
            befallen={kind: sum(labels.values()) for kind, labels in befallen.items()},
        )


def _lasting(spans: Mapping[str, list[tuple[str, float, float | None]]], moment: float) -> Labels:
    return {
        kind: frozenset(
            label for label, begin, end in rows if begin <= moment and (end is None or moment < end)
        )
        for kind, rows in spans.items()
    }


def _union(one: Labels, other: Labels) -> Labels:
    nothing: frozenset[str] = frozenset()
    return {kind: one.get(kind, nothing) | other.get(kind, nothing) for kind in sorted({*one, *other})}
