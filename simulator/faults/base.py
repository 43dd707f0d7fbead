"""What every fault is: options, and what it does to one device, or to the network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from simulator.core.network import NetworkCondition
from simulator.core.options import FaultOptions
from simulator.core.readings import Value
from simulator.core.seeds import Draws
from simulator.faults.line import Line, Process
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.window import Window

DeviceOptionsT = TypeVar("DeviceOptionsT", bound=DeviceFaultOptions)
OptionsT = TypeVar("OptionsT", bound=FaultOptions)


@dataclass(frozen=True, slots=True)
class Spell(Generic[DeviceOptionsT]):
    """One fault as it befalls one device.

    Attributes:
        label: of the fault, for the truth.
        options: of the fault.
        window: when it befalls this device.
        draws: a random stream of its own.
        facts: what the truth is to say about it.
    """

    label: str
    options: DeviceOptionsT
    window: Window
    draws: Draws
    facts: Mapping[str, Value] | None = None


class DeviceFault(ABC, Generic[DeviceOptionsT]):
    """A fault of devices, as an entry point of the group ``simulator.faults`` provides it.

    Attributes:
        kind: its name in a scenario.
        summary: what it is, in a line.
        options: what a scenario can say about it.
    """

    kind: ClassVar[str]
    summary: ClassVar[str]
    options: ClassVar[type[DeviceFaultOptions]]

    def window(self, options: DeviceOptionsT, draws: Draws) -> Window:
        """Return when it befalls one device."""
        return Window.of(options)

    def facts(self, options: DeviceOptionsT) -> Mapping[str, Value] | None:
        """Return what the truth is to say about it."""
        return None

    def together(self, options: DeviceOptionsT) -> bool:
        """Return whether it befalls all devices of a home or shop or none."""
        return False

    @abstractmethod
    def befall(self, line: Line, spell: Spell[DeviceOptionsT]) -> Process:
        """Return what happens to a device as a SimPy process, which begins with the window."""


class NetworkFault(ABC, Generic[OptionsT]):
    """A fault of the network between fleet and broker, from an entry point of the same group.

    Attributes:
        kind: its name in a scenario.
        summary: what it is, in a line.
        options: what a scenario can say about it.
    """

    kind: ClassVar[str]
    summary: ClassVar[str]
    options: ClassVar[type[FaultOptions]]

    @abstractmethod
    def condition(self, options: OptionsT) -> NetworkCondition:
        """Return what is wrong with the network while it lasts."""


AnyFault = DeviceFault[Any] | NetworkFault[Any]
