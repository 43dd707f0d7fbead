"""What every device is: an identity, options, and a SimPy process that emits readings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import simpy

from simulator.core.actions import Command
from simulator.core.calendar import Calendar
from simulator.core.options import DeviceOptions
from simulator.core.readings import Hazard, Reading, Span, Value
from simulator.core.seeds import Draws
from simulator.core.units import WEEK
from simulator.world import Neighbourhood
from simulator.world.particulars import ParticularsOf, unknown

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
        particulars: gives what somebody could tell about themselves.
        candour: share of what people say in which they tell something personal; as people talk, if None.
    """

    env: simpy.Environment
    calendar: Calendar
    draws: Callable[[str], Draws]
    emit: Callable[[Reading], None]
    particulars: ParticularsOf = unknown
    candour: float | None = None


class Device(ABC, Generic[OptionsT]):
    """One device. Its process reads the world and emits readings; it never changes the world.

    A device obeys ``report_interval`` (seconds) and ``firmware`` (a version to announce); a family adds
    commands of its own by extending `obey`.

    Attributes:
        env: the SimPy environment.
        calendar: local clock and weekday.
        send: hands over a reading that is complete, to be sent now; see `emit` for others.
        report_interval: seconds between two regular reports; a family sets it from its options.
        firmware: the version that the device runs.
    """

    __slots__ = (
        "_pause",
        "_paused_at",
        "_share",
        "calendar",
        "env",
        "firmware",
        "options",
        "report_interval",
        "send",
    )
    report_interval: float

    def __init__(self, habitat: Habitat, options: OptionsT) -> None:
        self.env = habitat.env
        self.calendar = habitat.calendar
        self.send = habitat.emit
        self.options = options
        self.firmware = FIRST_FIRMWARE
        self._pause: simpy.Timeout | None = None
        self._paused_at = self._share = 0.0

    @abstractmethod
    def run(self) -> Process:
        """Return the device's life as a SimPy process, from simulated second 0 on."""

    @abstractmethod
    def about(self) -> dict[str, str | None]:
        """Return whose the device is: keys of `Reading` among person, household and place."""

    def pause(self, share: float = 1.0) -> simpy.Event:
        """Return the end of a pause of a share of the report interval, to wait for: ``yield self.pause()``.

        A report interval that is changed meanwhile counts from the beginning of the pause, at once.
        """
        self._paused_at = self.env.now
        self._share = share
        self._pause = pause = self.env.timeout(share * self.report_interval)
        return pause

    def _change_pause(self) -> None:
        """Let whoever waits for the end of the pause wait for its new end."""
        pause = self._pause
        if pause is None or pause.processed:
            return
        end = self._paused_at + self._share * self.report_interval
        self._pause = changed = self.env.timeout(max(end - self.env.now, 0.0))
        changed.callbacks, pause.callbacks = pause.callbacks, changed.callbacks

    def obey(self, command: Command) -> bool:
        """Obey a command now; return False if this device does not know it or its value is absurd."""
        match command.name, command.value:
            case "report_interval", int() | float() as seconds if (
                not isinstance(seconds, bool) and MINIMUM_INTERVAL <= seconds <= MAXIMUM_INTERVAL
            ):
                self.report_interval = float(seconds)
                self._change_pause()
                return True
            case "firmware", str() as version if 0 < len(version) <= 32:
                self.firmware = version
                self.emit("firmware", {"version": version})
                return True
        return False

    def emit(
        self,
        event: str,
        values: Mapping[str, Value],
        *,
        person: str | None = None,
        hazards: tuple[Hazard, ...] = (),
        facts: Mapping[str, Value] | None = None,
        spans: tuple[Span, ...] = (),
    ) -> None:
        """Emit a reading of now; whose it is, `about` says, unless a person is given."""
        about = self.about()
        get = about.get
        self.send(
            Reading(
                self.env.now,
                event,
                values,
                person or get("person"),
                get("household"),
                get("place"),
                hazards,
                facts,
                spans,
            )
        )


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one device goes: the id of what it is attached to, and the thing itself."""

    entity: str
    thing: Any


class Family(Protocol):
    """A device family, as an entry point of the group ``simulator.devices`` provides it."""

    @property
    def kind(self) -> str:
        """What a scenario calls it; also the entry point's name."""

    @property
    def summary(self) -> str:
        """What it senses, in one line."""

    @property
    def options(self) -> type[DeviceOptions]:
        """What a scenario can say about it."""

    def placements(
        self, neighbourhood: Neighbourhood, options: Any, draws: Callable[[str, str], Draws]
    ) -> Iterator[Placement]:
        """Yield where this family's devices go in a neighbourhood.

        `draws` gives a stream for (purpose, entity), so that who owns a device depends on nobody else.
        """

    def build(self, placement: Placement, habitat: Habitat, options: Any) -> Device[Any]:
        """Return the device for one placement."""
