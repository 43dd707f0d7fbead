"""A device's line, from what it observes to the network: where faults of devices take hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

import msgspec
import simpy

from simulator.core.actions import Action, Command, Drop, Freeze, Publish, Thaw
from simulator.core.readings import Reading
from simulator.core.records import MessageTruth
from simulator.core.steps import Step
from simulator.faults.window import Window

Process = Generator[simpy.Event, Any, None]
Message = tuple[Publish, MessageTruth]


def marked(message: Message, label: str) -> Message:
    """Return a message with a fault's label in its truth, behind those that are there."""
    publish, truth = message
    label = label if truth.fault is None else f"{truth.fault}+{label}"
    return publish, msgspec.structs.replace(truth, fault=label)


def sent_at(message: Message, at: float) -> Message:
    """Return a message that is sent at some time, in simulated seconds."""
    publish, truth = message
    if publish.at == at:
        return message
    return msgspec.structs.replace(publish, at=at), msgspec.structs.replace(truth, at=at)


class Layer(Protocol):
    """What messages pass through on their way to the network while a fault lasts."""

    def take(self, message: Message, pass_on: Callable[[Message], None]) -> None:
        """Take a message and pass it on, now or later, as it is or changed, once or several times."""


class Clock(Protocol):
    """What a fault does to a device's clock."""

    @property
    def label(self) -> str:
        """Label of the fault."""

    @property
    def window(self) -> Window:
        """When the clock is wrong."""

    def error(self, at: float) -> float:
        """Return the seconds by which the clock is ahead at a moment of the window."""


@dataclass(frozen=True, slots=True)
class Ends:
    """What a line is attached to.

    Attributes:
        number: takes a reading that the device sends now; gives it back as a message to `Line.send`.
        put: takes a step for the stream, at the present time.
        opening: how the device goes online at a time, with backoff or without.
        obey: gives the device a command.
    """

    number: Callable[[Reading], None]
    put: Callable[[Step], None]
    opening: Callable[[float, bool], Iterable[Step]]
    obey: Callable[[Command], bool]


class _Session(Enum):
    CLOSED = auto()
    OPEN = auto()
    DEAF = auto()
    FROZEN = auto()


class Line:
    """The line of one device that faults befall.

    It keeps several faults of one device apart: the power is back when the last of them gives it back.

    Args:
        env: of the device.
        device: its id.
        ends: what the line is attached to.
    """

    def __init__(self, env: simpy.Environment, device: str, ends: Ends) -> None:
        self.env = env
        self.device = device
        self._ends = ends
        self._session = _Session.OPEN
        self._off = 0
        self._frozen = 0
        self._deaf = 0
        self._backoff = True
        self._dark: list[Window] = []
        self._holders: list[str] = []
        self._stored: list[tuple[Reading, str]] = []
        self._layers: list[Layer] = []
        self._clocks: list[Clock] = []
        self._late: str | None = None

    # What the device does

    def observe(self, reading: Reading) -> None:
        """Take a reading that the device sends: pass it on, store it, or let it never have been.

        A device without power observes nothing, also nothing that it would have sent later.
        """
        if any(dark.holds(reading.at) for dark in self._dark):
            return
        if self._holders:
            self._stored.append((reading, "+".join(self._holders)))
        elif not self._off:
            self._ends.number(reading)

    def clock(self, at: float) -> float:
        """Return what the device's clock shows at a moment, in simulated seconds."""
        return at + sum(clock.error(at) for clock in self._clocks if clock.window.holds(at))

    def send(self, message: Message) -> None:
        """Send a message through everything that lies in its way."""
        for clock in self._clocks:
            if clock.window.holds(message[1].observed):
                message = marked(message, clock.label)
        if self._late is not None:
            message = marked(message, self._late)
        self._pass(message, tuple(self._layers))

    # What faults do

    def wait(self, until: float) -> simpy.Event:
        """Return an event at a moment, never if that is infinite."""
        return self.env.event() if until == math.inf else self.env.timeout(until - self.env.now)

    @contextmanager
    def power_off(self, label: str, window: Window, *, backoff: bool = True) -> Iterator[None]:
        """Take the power away: the connection breaks, and nothing is observed until it is given back.

        What was observed before and not sent yet is sent afterwards.

        Args:
            backoff: how the device connects then.
        """
        self._off += 1
        self._dark.append(Window(self.env.now, window.until))
        holding = window.until < math.inf
        if holding:
            self._holders.append(label)
        self._settle()
        yield
        self._off -= 1
        self._backoff = backoff
        self._settle()
        if holding:
            self._release(label)

    @contextmanager
    def freeze(self) -> Iterator[None]:
        """Let the connection stand without a byte passing, and find out about it afterwards."""
        self._frozen += 1
        self._settle()
        yield
        self._frozen -= 1
        self._settle()

    @contextmanager
    def deafen(self) -> Iterator[None]:
        """Let the device read nothing of what it is sent."""
        self._deaf += 1
        self._settle()
        yield
        self._deaf -= 1
        self._settle()

    @contextmanager
    def hold(self, label: str) -> Iterator[None]:
        """Have the device store what it observes, and send it afterwards."""
        self._holders.append(label)
        yield
        self._release(label)

    @contextmanager
    def through(self, layer: Layer) -> Iterator[None]:
        """Send all messages through a layer."""
        self._layers.append(layer)
        yield
        self._layers.remove(layer)

    def set_clock(self, clock: Clock) -> None:
        """Let the device's clock be wrong in the clock's window."""
        self._clocks.append(clock)

    def obey(self, command: Command) -> None:
        """Give the device a command that reached it some other way than over MQTT."""
        self._ends.obey(command)

    def act(self, action: Action) -> None:
        """Have the device do something on the network now."""
        self._ends.put((action, None))

    # How it goes on

    def _pass(self, message: Message, layers: tuple[Layer, ...]) -> None:
        if layers:
            layers[0].take(message, lambda onward: self._pass(onward, layers[1:]))
        else:
            self._ends.put(message)

    def _release(self, label: str) -> None:
        self._holders.remove(label)
        if self._holders or self._off:
            return
        stored, self._stored = self._stored, []
        for reading, labels in stored:
            self._late = labels
            self._ends.number(reading)
        self._late = None

    def _settle(self) -> None:
        """Bring the session to where the faults want it."""
        before, now = self._session, self.env.now
        if self._off:
            wanted = _Session.CLOSED
        elif self._frozen:  # a device that comes back into silence waits for its end to connect
            wanted = before if before is _Session.CLOSED else _Session.FROZEN
        else:
            wanted = _Session.DEAF if self._deaf else _Session.OPEN
        if wanted is before:
            return
        self._session = wanted
        if wanted is _Session.CLOSED:
            self.act(Drop(now, self.device))
            return
        if before is _Session.CLOSED:
            for step in self._ends.opening(now, self._backoff):
                self._ends.put(step)
        if wanted is not _Session.OPEN:
            self.act(Freeze(now, self.device, writing=wanted is _Session.DEAF))
        elif before is not _Session.CLOSED:
            self.act(Thaw(now, self.device))
