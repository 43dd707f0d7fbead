"""The faults of a scenario as they befall the devices of a shard."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.core import plugins
from simulator.core.options import FaultOptions
from simulator.core.records import FaultTruth
from simulator.core.seeds import Seeds
from simulator.faults.base import AnyFault, DeviceFault, Spell
from simulator.faults.line import Line, Process
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.subject import Subject, chosen


def fault_of(options: FaultOptions) -> AnyFault:
    """Return the fault that owns these options."""
    fault: AnyFault = plugins.load("simulator.faults", options.kind)
    return fault


def label_of(index: int, options: FaultOptions) -> str:
    """Return the label of the fault at a place of the scenario's list, counted from 0."""
    return f"{options.kind}-{index}"


@dataclass(frozen=True, slots=True)
class Affliction:
    """A fault that befalls a device.

    Attributes:
        fault: what happens.
        spell: when and how.
        device: to whom.
    """

    fault: DeviceFault[Any]
    spell: Spell[Any]
    device: str

    def run(self, line: Line) -> Process:
        """Return it as a SimPy process that starts before the scenario does or at its start."""
        if line.env.now < 0:
            yield line.env.timeout(-line.env.now)
        yield line.wait(self.spell.window.at)
        yield from self.fault.befall(line, self.spell)

    def truth(self, duration: float) -> FaultTruth:
        """Return what the truth says about it in a scenario of this duration."""
        spell = self.spell
        return FaultTruth(
            spell.label,
            self.fault.kind,
            self.device,
            spell.window.at,
            spell.window.end(duration),
            spell.facts,
        )


class Trouble:
    """Who of a fleet's devices is befallen by what.

    Args:
        faults: of the scenario, in its order.
        seeds: of the run.
        neighbourhoods: how many there are in all shards together.
        duration: of the scenario, in seconds; what begins later happens to nobody.
    """

    def __init__(
        self, faults: Sequence[FaultOptions], seeds: Seeds, neighbourhoods: int, duration: float
    ) -> None:
        self._faults = [
            (label_of(index, options), options)
            for index, options in enumerate(faults)
            if isinstance(options, DeviceFaultOptions)
        ]
        self._seeds = seeds
        self._neighbourhoods = neighbourhoods
        self._duration = duration
        self._afflictions: list[Affliction] = []

    def befall(self, neighbourhood: int, subjects: Collection[Subject]) -> Mapping[str, list[Affliction]]:
        """Return what befalls the devices of a neighbourhood, by device; nothing for most of them."""
        found: dict[str, list[Affliction]] = {}
        for label, options in self._faults:
            fault = fault_of(options)
            assert isinstance(fault, DeviceFault)
            befallen = chosen(
                options,
                subjects,
                self._seeds,
                label,
                count=self._count(options, neighbourhood),
                together=fault.together(options),
            )
            for subject in befallen:
                affliction = self._affliction(fault, label, options, subject.device)
                if affliction.spell.window.at < self._duration:
                    found.setdefault(subject.device, []).append(affliction)
                    self._afflictions.append(affliction)
        return found

    def truth(self) -> list[FaultTruth]:
        """Return what befalls the devices so far, in order of time and device."""
        rows = (affliction.truth(self._duration) for affliction in self._afflictions)
        return sorted(rows, key=lambda row: (row.at, row.device))

    def _count(self, options: DeviceFaultOptions, neighbourhood: int) -> int:
        """Return how many devices of a neighbourhood a fault befalls that befalls some number of all."""
        each, more = divmod(options.devices or 0, self._neighbourhoods)
        return each + (neighbourhood < more)

    def _affliction(
        self, fault: DeviceFault[Any], label: str, options: DeviceFaultOptions, device: str
    ) -> Affliction:
        draws = self._seeds.draws("fault", label, device)
        spell = Spell(label, options, fault.window(options, draws), draws, fault.facts(options))
        return Affliction(fault, spell, device)
