"""A poor radio: it delays messages, sends some twice, and lets some overtake others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from pydantic import Field

from simulator.core.readings import Value
from simulator.core.units import HOUR, Duration
from simulator.faults.base import DeviceFault, Spell
from simulator.faults.line import Line, Message, Process, marked, sent_at
from simulator.faults.options import DeviceFaultOptions, Share

_PARTS = (0.5, 1.5)
"""Range of a message's delay, as parts of the mean."""


class RadioOptions(DeviceFaultOptions):
    """Options of the fault ``radio``."""

    kind: str = "radio"
    delay: Duration = Field(
        default=2.0, ge=0, le=HOUR, description="Mean time that a message takes longer, half as much or more."
    )
    duplicate: Share = Field(default=0.05, description="Share of the messages that are sent twice.")
    reorder: Share = Field(
        default=0.05, description="Share of the messages that the device's next one overtakes."
    )


class Air:
    """What lies between a poor radio and the network."""

    def __init__(self, line: Line, spell: Spell[RadioOptions]) -> None:
        self._env = line.env
        self._options = spell.options
        self._draws = spell.draws
        self._label = spell.label
        self._clear = 0.0
        self._overtaken: tuple[Message, Callable[[Message], None]] | None = None

    def take(self, message: Message, pass_on: Callable[[Message], None]) -> None:
        """Send a message on its way, or let the next one go first."""
        draws, options = self._draws, self._options
        if options.reorder and self._overtaken is None and draws.chance(options.reorder):
            self._overtaken = marked(message, f"{self._label}:reorder"), pass_on
            return
        self._send(message, pass_on)
        self.clear()

    def clear(self) -> None:
        """Send the message that was to be overtaken."""
        if self._overtaken is not None:
            message, pass_on = self._overtaken
            self._overtaken = None
            self._send(message, pass_on)

    def _send(self, message: Message, pass_on: Callable[[Message], None]) -> None:
        options, draws = self._options, self._draws
        copies = [message]
        if options.duplicate and draws.chance(options.duplicate):
            copies.append(marked(message, f"{self._label}:duplicate"))
        if not options.delay:
            for copy in copies:
                pass_on(sent_at(copy, self._env.now))
            return
        # One after the other, so that nothing but `reorder` changes the order.
        self._clear = max(self._clear, self._env.now + options.delay * draws.uniform(*_PARTS))
        for copy in copies:
            self._send_later(marked(copy, f"{self._label}:delay"), pass_on)

    def _send_later(self, message: Message, pass_on: Callable[[Message], None]) -> None:
        arrival = self._env.timeout(self._clear - self._env.now)
        assert arrival.callbacks is not None
        arrival.callbacks.append(lambda _: pass_on(sent_at(message, self._env.now)))


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
