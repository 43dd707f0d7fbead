"""Faults of the network between fleet and broker, as they show in the stream and in the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from simulator.core.actions import NetworkChange
from simulator.core.network import NetworkCondition
from simulator.core.options import FaultOptions
from simulator.core.records import FaultTruth
from simulator.core.steps import Step
from simulator.faults.base import NetworkFault
from simulator.faults.trouble import fault_of, label_of
from simulator.faults.window import Window


class _Fault(NamedTuple):
    label: str
    kind: str
    window: Window
    condition: NetworkCondition


def network_conditions(faults: Sequence[FaultOptions]) -> Mapping[str, NetworkCondition]:
    """Return what is wrong with the network during each fault of it, by label; empty if there is none."""
    return {fault.label: fault.condition for fault in _of_network(faults)}


class NetworkTrouble:
    """Announces the faults of the network in a shard's stream, and labels the messages sent meanwhile.

    Args:
        faults: of the scenario, in its order.
        duration: of the scenario, in seconds; what begins later does not happen.
        announces: whether this shard announces them and has them in its truth; one of all shards does.
    """

    def __init__(self, faults: Sequence[FaultOptions], duration: float, announces: bool) -> None:
        self._faults = [fault for fault in _of_network(faults) if fault.window.at < duration]
        self._duration = duration
        self._announces = announces

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._faults)

    def through(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Yield all steps in order, labelled, with the changes of the network among them."""
        changes = self._changes()
        change = next(changes, None)
        current: list[str] = []
        for step in steps:
            at = step[0].at
            while change is not None and change.at <= at:
                if change.begins:
                    current.append(change.fault)
                else:
                    current.remove(change.fault)
                if self._announces:
                    yield change, None
                change = next(changes, None)
            yield _labelled(step, current) if current else step
        if self._announces:
            if change is not None:
                yield change, None
            yield from ((last, None) for last in changes)

    def truth(self) -> list[FaultTruth]:
        """Return the rows of this shard."""
        if not self._announces:
            return []
        return [
            FaultTruth(fault.label, fault.kind, None, fault.window.at, fault.window.end(self._duration))
            for fault in self._faults
        ]

    def _changes(self) -> Iterator[NetworkChange]:
        """Yield begins and ends in order; one that lasts to the end of the scenario has no end."""
        changes = []
        for fault in self._faults:
            changes.append(NetworkChange(fault.window.at, "", fault.label, begins=True))
            end = fault.window.end(self._duration)
            if end is not None:
                changes.append(NetworkChange(end, "", fault.label, begins=False))
        return iter(sorted(changes, key=lambda change: change.at))


def _labelled(step: Step, labels: list[str]) -> Step:
    action, truth = step
    if truth is None:
        return step
    before = () if truth.fault is None else (truth.fault,)
    return action, msgspec.structs.replace(truth, fault="+".join((*before, *labels)))


def _of_network(faults: Sequence[FaultOptions]) -> Iterator[_Fault]:
    for index, options in enumerate(faults):
        fault = fault_of(options)
        if isinstance(fault, NetworkFault):
            window = Window.of(options)
            yield _Fault(label_of(index, options), fault.kind, window, fault.condition(options))
