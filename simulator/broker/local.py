"""What the brokers that Fleetsim starts itself have in common: one process and the folder of its files."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.broker.child import Child


class LocalBroker(ABC):
    """A broker's process on this machine, started and stopped with its files. Use it in a ``with``."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._child: Child | None = None

    @abstractmethod
    def start(self) -> None:
        """Start it and wait until it listens.

        Raises:
            RunFailedError: it does not start.
        """

    def stop(self) -> None:
        """End it and remove its files; safe to call twice."""
        if self._child is not None:
            self._child.stop()
            self._child = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._child is not None and self._child.running

    def cpu_seconds(self) -> float | None:
        """Return the processor time that it has used since its start; None if that cannot be told."""
        return None if self._child is None else self._child.cpu_seconds()

    @property
    def connection_log(self) -> Path | None:
        """The file in which it logs connections; None if it does not."""
        return None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
