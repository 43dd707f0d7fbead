"""A poor radio: it delays messages, sends some twice, and lets some overtake others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import ClassVar

import simpy
from pydantic import Field

from simulator.core.readings import Value
from simulator.core.units import HOUR, MINUTE, Duration
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Message, Process, marked, sent_at
from simulator.faults.options import DeviceFaultOptions, Share

_PARTS = (0.5, 1.5)
"""Range of a message's delay, as parts of the mean."""

_PATIENCE = MINUTE
"""Seconds that a message waits for one that overtakes it."""


_Passing = tuple[Message, Callable[[Message], None]]


class RadioOptions(DeviceFaultOptions):
    """Options of the fault ``radio``."""

    kind: str = "radio"
    delay: Duration = Field(
        default=2.0, ge=0, le=HOUR, description="Mean time that a message takes longer, half as much or more."
    )
    duplicate: Share = Field(default=0.05, description="Share of the messages that are sent twice.")
    reorder: Share = Field(
        default=0.05,
        description="Share of the messages that the next one overtakes, if it comes within a minute.",
    )


class Air:
    """What lies between a poor radio and the network."""

    def __init__(self, line: Line, spell: Spell[RadioOptions]) -> None:
        self._env = line.env
        self._options = spell.options
        self._draws = spell.draws
        self._label = spell.label
        self._clear = 0.0
        self._under_way: deque[_Passing] = deque()
        self._slow: _Passing | None = None

    def take(self, message: Message, pass_on: Callable[[Message], None]) -> None:
        """Send a message on its way, or let the next one go first."""
        draws, options = self._draws, self._options
        if options.reorder and self._slow is None and draws.chance(options.reorder):
            slow = self._slow = message, pass_on
            _later(self._env, _PATIENCE, lambda: self.clear() if self._slow is slow else None)
            return
        self._send(message, pass_on)
        self._release("reorder")

    def clear(self) -> None:
        """Send the message that nothing has overtaken."""
        self._release("delay")

    def _release(self, effect: str) -> None:
        if self._slow is not None:
            message, pass_on = self._slow
            self._slow = None
            self._send(marked(message, f"{self._label}:{effect}"), pass_on)

    def _send(self, message: Message, pass_on: Callable[[Message], None]) -> None:
        options, draws = self._options, self._draws
        copies = [message]
        if options.duplicate and draws.chance(options.duplicate):
            copies.append(marked(message, f"{self._label}:duplicate"))
        if not options.delay:
            for copy in copies:
                pass_on(sent_at(copy, self._env.now))
            return
        now = self._env.now
        self._clear = max(self._clear, now + options.delay * draws.uniform(*_PARTS))
        for copy in copies:
            self._under_way.append((marked(copy, f"{self._label}:delay"), pass_on))
            _later(self._env, self._clear - now, self._arrive)

    def _arrive(self) -> None:
        """Pass on what has been under way for longest: nothing but `reorder` changes the order."""
        message, pass_on = self._under_way.popleft()
        pass_on(sent_at(message, self._env.now))


def _later(env: simpy.Environment, seconds: float, then: Callable[[], None]) -> None:
    event = env.timeout(seconds)
    assert event.callbacks is not None
    event.callbacks.append(lambda _: then())


class Radio(DeviceFault[RadioOptions]):
    """Delays, duplicates and reorders. A copy has the id of its message, and a row of truth of its own."""

    kind: ClassVar[str] = "radio"
    summary: ClassVar[str] = "Poor radio: messages are late, some come twice, some overtake others."
    options: ClassVar[type[DeviceFaultOptions]] = RadioOptions

    def facts(self, options: RadioOptions) -> Mapping[str, Value]:
        """Return how poor the radio is."""
        return {"delay": options.delay, "duplicate": options.duplicate, "reorder": options.reorder}

    def befall(self, line: Line, spell: Spell[RadioOptions]) -> Process:
        """Send all messages over the poor radio."""
        air = Air(line, spell)
        with line.through(air):
            yield line.wait(spell.window.until)
            air.clear()


FAULT = Radio()
