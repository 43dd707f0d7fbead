"""The agenda: a SimPy environment that stays quick, and small, for a hundred thousand processes.

Model code cannot tell it from SimPy's own: the same things happen in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Any, cast

import simpy
from simpy.core import EmptySchedule, SimTime
from simpy.events import NORMAL, EventPriority, Initialize, ProcessGenerator

SLOT = 16.0
"""Seconds of a slot. A power of two, so that the slot of a time is exact."""

_RUNG: list[Any] = []
"""Stands for the callbacks of a timer that has rung."""


class Timer:
    """A timeout in a fifth of the memory of SimPy's: what SimPy asks of an event that cannot fail, no more.

    As a rule one process waits for it. The timer then knows the process, and needs no list of callbacks.
    """

    __slots__ = ("env", "waiting")
    _ok = ok = triggered = True
    _value = value = None

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.waiting: Course | list[Any] | None = None

    @property
    def callbacks(self) -> list[Any] | None:
        """What is called when it rings; None once it has."""
        waiting = self.waiting
        if waiting is _RUNG:
            return None
        if isinstance(waiting, list):
            return waiting
        callbacks: list[Any] = [] if waiting is None else [waiting._resume]
        self.waiting = callbacks
        return callbacks

    @callbacks.setter
    def callbacks(self, callbacks: list[Any] | None) -> None:
        self.waiting = _RUNG if callbacks is None else callbacks

    @property
    def processed(self) -> bool:
        """Whether it has rung."""
        return self.waiting is _RUNG

    def __or__(self, other: Any) -> simpy.events.Condition:
        return simpy.AnyOf(self.env, [cast("simpy.Event", self), other])

    def __and__(self, other: Any) -> simpy.events.Condition:
        return simpy.AllOf(self.env, [cast("simpy.Event", self), other])


class Course(simpy.Process):
    """A process that waits for a timer without a callback, and otherwise as SimPy's does.

    Few processes are waited for, so the list of callbacks is made when it is asked for.
    """

    def __init__(self, env: simpy.Environment, generator: ProcessGenerator) -> None:
        self.env = env
        self._generator = generator
        self._target = Initialize(env, self)

    @property
    def callbacks(self) -> Any:
        """What is called when it has ended; None from then on."""
        return self.__dict__.setdefault("callbacks", [])

    @callbacks.setter
    def callbacks(self, callbacks: list[Any] | None) -> None:
        self.__dict__["callbacks"] = callbacks

    def _resume(self, event: Any) -> None:
        env = self.env
        env._active_proc = self
        while event._ok:
            try:
                event = self._generator.send(event._value)
            except StopIteration as end:
                self._end(True, end.value)
                break
            except BaseException as error:
                self._end(False, error)
                break
            if type(event) is Timer and event.waiting is None:
                event.waiting = self
                self._target = cast("simpy.Event", event)
                break
            callbacks = event.callbacks
            if callbacks is not None:
                callbacks.append(self._resume)
                self._target = event
                break
        else:
            super()._resume(event)
        env._active_proc = None

    def _end(self, ok: bool, value: object) -> None:
        self._ok = ok
        self._value = value
        self.env.schedule(self)


class Agenda(simpy.Environment):
    """A SimPy environment that keeps only the events of the next few seconds in order.

    SimPy's one heap of all events lies spread over memory, and each push and pop walks across it. Here an
    event goes unsorted into the slot of its time, and only the slot at hand is a heap: a calendar queue
    (Brown, Communications of the ACM 31(10), 1988) whose slots are made as they are needed. The order is
    SimPy's: by time, then by priority, then as scheduled. What is due at infinity never happens.

    Attributes:
        now: simulated seconds; a plain attribute, since a model reads it several times an event.
    """

    now: float = 0.0

    def __init__(self, initial_time: float = 0.0) -> None:
        super().__init__(initial_time)
        self.now = self._now
        self._slots: dict[float, list[tuple[float, EventPriority, int, Any]]] = {}
        self._numbers: list[float] = []
        self._horizon = -math.inf

    def timeout(self, delay: SimTime = 0, value: Any | None = None) -> simpy.Timeout:
        """Return an event that happens after a delay.

        Raises:
            ValueError: the delay is negative.
        """
        if value is not None:
            return simpy.Timeout(self, delay, value)
        if delay < 0:
            raise ValueError(f"Negative delay {delay}")
        timer = cast("simpy.Timeout", Timer(self))
        self.schedule(timer, NORMAL, delay)
        return timer

    def process(self, generator: ProcessGenerator) -> simpy.Process:
        """Return the process of a generator; it starts at once."""
        return Course(self, generator)

    def schedule(self, event: simpy.Event, priority: EventPriority = NORMAL, delay: SimTime = 0) -> None:
        """Schedule an event with a priority and a delay."""
        at = self.now + delay
        entry = (at, priority, next(self._eid), event)
        if at < self._horizon:
            heappush(self._queue, entry)
        elif at < math.inf:
            number = at // SLOT
            try:
                self._slots[number].append(entry)
            except KeyError:
                self._slots[number] = [entry]
                heappush(self._numbers, number)

    def peek(self) -> float:
        """Return the time of the next event, infinity if there is none."""
        return self._queue[0][0] if self._queue or self._open_slot() else math.inf

    def step(self) -> None:
        """Process the next event.

        Raises:
            EmptySchedule: there is none.
        """
        if not self._queue and not self._open_slot():
            raise EmptySchedule
        self.now = self._queue[0][0]
        super().step()

    def moments(self, until: float) -> Iterator[int]:
        """Process all events before a time; yield after each moment how many events it had.

        What is scheduled between two moments is part of what follows.
        """
        while (at := self.peek()) < until:
            queue = self._queue
            self._now = self.now = at
            count = 0
            while queue and queue[0][0] == at:
                event: Any = heappop(queue)[3]
                count += 1
                if type(event) is Timer and type(process := event.waiting) is Course:
                    event.waiting = _RUNG
                    process._resume(event)
                    continue
                callbacks, event.callbacks = event.callbacks, None
                for callback in callbacks:
                    callback(event)
                if not event._ok and not event.defused:
                    raise event._value
            yield count

    def _open_slot(self) -> bool:
        """Put the next slot in order; return False if there is none."""
        if not self._numbers:
            return False
        number = heappop(self._numbers)
        self._queue = self._slots.pop(number)
        heapify(self._queue)
        self._horizon = (number + 1.0) * SLOT
        return True
