"""A worker: one shard's load in a process of its own."""

from __future__ import annotations

import signal
import time
from multiprocessing.connection import Connection

from simulator.cluster.messages import Begin, Connected, Done, Failed, Progress, Stop
from simulator.core.errors import FleetsimError
from simulator.load import Load
from simulator.plan import Plan
from simulator.standing import Standing
from simulator.truth import open_rows

LOOK = 0.1
"""Seconds between two looks for what the crew has to say."""


def work(plan: Plan, wire: Connection) -> None:
    """Carry one shard; the body of a worker process."""
    # Ctrl-C reaches every process of the terminal; the crew alone acts on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = _Line(wire)
    try:
        with open_rows(plan.folder) as rows:
            load = Load(
                plan, rows, clock=time.monotonic, stopped=line.stopped, report=line.report, go=line.begin
            )
            ended = load.run()
        wire.send(Done(ended))
    except FleetsimError as error:
        wire.send(Failed(error))


class _Line:
    """A worker's line to its crew."""

    def __init__(self, wire: Connection) -> None:
        self._wire = wire
        self._next_look = 0.0
        self._stop = False
        self._begin: float | None = None
        self._connected = False

    def stopped(self) -> bool:
        """Return whether the crew has said stop, or is gone."""
        if time.monotonic() >= self._next_look:
            self._look()
        return self._stop

    def begin(self) -> float | None:
        """Say that the shard is connected, and return when the load begins once the crew has said so."""
        if not self._connected:
            self._connected = True
            self._wire.send(Connected())
        self._look()
        return self._begin

    def report(self, standing: Standing) -> None:
        """Tell the crew how the load stands."""
        self._wire.send(Progress(standing))

    def _look(self) -> None:
        self._next_look = time.monotonic() + LOOK
        try:
            while self._wire.poll():
                match self._wire.recv():
                    case Stop():
                        self._stop = True
                    case Begin(at):
                        self._begin = at
        except (EOFError, OSError):
            self._stop = True
