"""What every device is: an identity, options, and a SimPy process that emits readings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import simpy

from simulator.core.actions import Command
from simulator.core.calendar import Calendar
from simulator.core.options import DeviceOptions
from simulator.core.readings import Reading
from simulator.core.seeds import Draws
from simulator.core.units import WEEK
from simulator.world import Neighbourhood

OptionsT = TypeVar("OptionsT", bound=DeviceOptions)
Process = Generator[simpy.Event, Any, None]

FIRST_FIRMWARE = "1.0.0"
MINIMUM_INTERVAL = 1.0
"""Seconds; the shortest report interval that a device obeys."""
MAXIMUM_INTERVAL = WEEK
"""Seconds; the longest."""


@dataclass(frozen=True, slots=True)
class Habitat:
    """All that a device may touch.

    Attributes:
        env: the SimPy environment; time 0 is the scenario's start.
        calendar: local clock and weekday.
        draws: gives the device's own random stream for a purpose.
        emit: hands over a reading, to be sent now.
    """

    env: simpy.Environment
    calendar: Calendar
    draws: Callable[[str], Draws]
    emit: Callable[[Reading], None]


class Device(ABC, Generic[OptionsT]):
    """One device. Its process reads the world and emits readings; it never changes the world.

    A device obeys ``report_interval`` (seconds) and ``firmware`` (a version to announce); a family adds
    commands of its own by extending `obey`.

    Attributes:
        report_interval: seconds between two regular reports; a family sets it from its options.
        firmware: the version that the device runs.
    """

    report_interval: float
    _pausing: simpy.Process | None = None

    def __init__(self, habitat: Habitat, options: OptionsT) -> None:
        self.habitat = habitat
        self.env = habitat.env
        self.options = options
        self.firmware = FIRST_FIRMWARE

    @abstractmethod
    def run(self) -> Process:
        """Return the device's life as a SimPy process, from simulated second 0 on."""

    @abstractmethod
    def about(self) -> dict[str, str | None]:
        """Return whose the device is: keys of `Reading` among person, household and place."""

    def pause(self, share: float = 1.0) -> Process:
        """Wait for a share of the report interval, as ``yield from self.pause()``.

        A report interval that is changed meanwhile counts from the beginning of the pause, at once. That
        is rare, so the pause costs one plain timeout and only a change interrupts it.
        """
        began = self.env.now
        while (rest := began + share * self.report_interval - self.env.now) > 0:
            self._pausing = self.env.active_process
            try:
                yield self.env.timeout(rest)
                break
            except simpy.Interrupt:
                continue
        self._pausing = None

    def obey(self, command: Command) -> bool:
        """Obey a command now; return False if this device does not know it or its value is absurd."""
        match command.name, command.value:
            case "report_interval", int() | float() as seconds if (
                not isinstance(seconds, bool) and MINIMUM_INTERVAL <= seconds <= MAXIMUM_INTERVAL
            ):
                self.report_interval = float(seconds)
                if self._pausing is not None:
                    self._pausing.interrupt()
                    self._pausing = None
                return True
            case "firmware", str() as version if 0 < len(version) <= 32:
                self.firmware = version
                self.emit("firmware", {"version": version})
                return True
        return False

    def emit(self, event: str, values: dict[str, Any], at: float | None = None, **truth: Any) -> None:
        """Emit a reading of this device, observed at `at` (now if left out)."""
        now = self.env.now
        self.habitat.emit(Reading(now if at is None else at, event, values, **(self.about() | truth)))


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one device goes: the id of what it is attached to, and the thing itself."""

    entity: str
    thing: Any


class Family(Protocol):
    """A device family, as an entry point of the group ``simulator.devices`` provides it."""

    kind: ClassVar[str]
    summary: ClassVar[str]
    options: ClassVar[type[DeviceOptions]]

    def placements(
        self, neighbourhood: Neighbourhood, options: Any, draws: Callable[[str, str], Draws]
    ) -> Iterator[Placement]:
        """Yield where this family's devices go in a neighbourhood.

        `draws` gives a stream for (purpose, entity), so that who owns a device depends on nobody else.
        """

    def build(self, placement: Placement, habitat: Habitat, options: Any) -> Device[Any]:
        """Return the device for one placement."""
