"""The taps of a run, as the run sees them: begun before the controls, and ended after them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.core.errors import FleetsimError, RunFailedError
from simulator.plan import Plan
from simulator.scenario import TapOptions
from simulator.spawn import pipe, spawn
from simulator.taps.recorder import Ask, Order, Standing, record

_START = 30.0
"""Seconds for the taps to begin."""

_ANSWER = 30.0
"""Seconds for the taps to say how they stand; a disk may be slow."""

_LOOK = 0.1
"""Seconds between two looks whether the output has settled."""


class Taps:
    """Records what comes out of controls, for the time of a ``with``.

    Args:
        plan: the load, with the broker itself as its endpoint.
        taps: what to listen to; paths are absolute, or from where Fleetsim runs.
        folder: takes a file a tap; it is made if it is not there.
        origin: the moment of the monotonic clock from which the load counts its seconds.
    """

    def __init__(self, plan: Plan, taps: Sequence[TapOptions], folder: Path, origin: float) -> None:
        self._order = Order(plan, tuple(taps), folder, origin)
        self._process: SpawnProcess | None = None
        self._wire: Connection | None = None
        self._standing = Standing()

    @property
    def ports(self) -> Mapping[str, int]:
        """Where the taps listen that take HTTP, by name."""
        return self._standing.ports

    @property
    def rows(self) -> Mapping[str, int]:
        """What each tap has received, as far as it has said."""
        return self._standing.rows

    @property
    def lost(self) -> int:
        """Connections to the broker that broke."""
        return self._standing.lost

    def start(self) -> None:
        """Start them, and wait until all listen.

        Raises:
            RunFailedError: they cannot.
        """
        folder = self._order.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._wire, theirs = pipe()
        self._process = spawn(record, self._order, theirs, name="fleetsim taps")
        theirs.close()
        try:
            self._hear(_START)
        except BaseException:
            self.stop()
            raise

    def settle(self, stopped: Callable[[], bool], silence: float | None = None) -> list[str]:
        """Wait until nothing more comes out, or until the patience of each tap is over.

        Args:
            stopped: asked now and then; it waits no longer when it says yes.
            silence: seconds that say nothing more comes; those of each tap if left out.

        Returns:
            The taps on which something still came.

        Raises:
            RunFailedError: the taps are gone.
        """
        begin = time.monotonic()
        while True:
            silent = self.ask(Ask.STANDING).silent
            waited = time.monotonic() - begin
            restless = []
            for tap in self._order.taps:
                wanted = tap.settle if silence is None else silence
                if min(silent.get(tap.name, waited), waited) < wanted:
                    restless.append(tap)
            if not restless or stopped() or all(waited > tap.patience for tap in restless):
                return [tap.name for tap in restless]
            time.sleep(_LOOK)

    def record_kept(self) -> None:
        """Record what the broker and stores have kept of the output; taps on topics hear nothing after it.

        Raises:
            RunFailedError: the taps are gone.
        """
        self.ask(Ask.KEPT)

    def ask(self, what: Ask) -> Standing:
        """Have something done, and return how the taps stand then.

        Raises:
            RunFailedError: the taps are gone.
        """
        if self._wire is None:
            return self._standing
        try:
            self._wire.send(what)
        except OSError as error:
            raise RunFailedError("the taps are gone: what came out of the controls is not known") from error
        return self._hear(_ANSWER)

    def stop(self) -> None:
        """End them, with all that they have written; safe to call twice."""
        if self._process is None or self._wire is None:
            return
        try:
            self.ask(Ask.STOP)
        except FleetsimError:
            pass  # what they could not write has been reported, or the run fails for something else
        finally:
            self._wire.close()
            self._process.join(_ANSWER)
            self._process.kill()
            self._process.join()
            self._process = self._wire = None

    def _hear(self, patience: float) -> Standing:
        assert self._wire is not None
        try:
            said = self._wire.recv() if self._wire.poll(patience) else None
        except EOFError:
            said = None
        match said:
            case Standing():
                self._standing = said
                return said
            case FleetsimError():
                raise said
            case str():
                raise RunFailedError(said)
        raise RunFailedError("the taps are gone: what came out of the controls is not known")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
