"""A network between fleet and broker that can be made slow, narrow, unreliable or dead.

A proxy in a process of its own: it needs no rights, changes nothing outside the run, and looks into no byte.
"""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.broker.ports import LOOPBACK
from simulator.core.actions import NetworkChange
from simulator.core.endpoint import Endpoint
from simulator.core.errors import RunFailedError
from simulator.core.network import NetworkCondition
from simulator.spawn import pipe, spawn

_START = 15.0
"""Seconds for the proxy to listen."""

_ANSWER = 5.0
"""Seconds for the proxy to carry out a change."""

DONE = b"\n"
"""What the proxy answers when a change is made."""


@dataclass(frozen=True, slots=True)
class NetworkSwitch:
    """Changes the network; can cross to another process.

    Attributes:
        path: the socket on which the proxy takes changes; only its owner may use it.
    """

    path: str

    def change(self, change: NetworkChange) -> None:
        """Let a fault of the network begin or end now, and wait until it has.

        Raises:
            RunFailedError: the proxy is gone.
        """
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
                wire.settimeout(_ANSWER)
                wire.connect(self.path)
                wire.sendall(json.dumps([change.fault, change.begins]).encode() + b"\n")
                if wire.recv(1) != DONE:
                    raise ConnectionResetError
        except OSError as error:
            raise RunFailedError(
                f"the network between fleet and broker cannot be changed ({change.fault}): its proxy is gone"
            ) from error


class NetworkProxy:
    """The network between a fleet and its broker, for the time of a ``with``.

    It passes some twenty thousand messages a second, on a processor core of its own.

    Args:
        endpoint: the broker's listener; the proxy asks its `check` before it connects.
        conditions: what can be wrong with the network, by the label of the fault.
        seed: of what is random about it.

    Attributes:
        endpoint: the same listener, by way of the proxy.
        switch: lets a fault begin and end.
    """

    endpoint: Endpoint
    switch: NetworkSwitch

    def __init__(self, endpoint: Endpoint, conditions: Mapping[str, NetworkCondition], seed: int = 0) -> None:
        self._upstream = endpoint
        self._conditions = dict(conditions)
        self._seed = seed
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: SpawnProcess | None = None
        self._wire: Connection | None = None

    def start(self) -> None:
        """Start it and wait until it listens.

        Raises:
            RunFailedError: it does not start.
        """
        from simulator.broker.proxy_process import serve

        self._folder = tempfile.TemporaryDirectory(prefix="fleetsim-network-")
        path = str(Path(self._folder.name) / "switch")
        self._wire, theirs = pipe()
        self._process = spawn(
            serve, theirs, self._upstream, self._conditions, path, self._seed, name="fleetsim network"
        )
        theirs.close()
        try:
            port = self._wire.recv() if self._wire.poll(_START) else None
        except EOFError:
            port = None
        if port is None:
            self.stop()
            raise RunFailedError("the network proxy between fleet and broker did not start")
        self.endpoint = replace(self._upstream, address=LOOPBACK, port=port)
        self.switch = NetworkSwitch(path)

    def stop(self) -> None:
        """End it, with all connections; safe to call twice."""
        if self._wire is not None:
            self._wire.close()  # at which it ends
            self._wire = None
        if self._process is not None:
            self._process.join(_ANSWER)
            self._process.terminate()
            self._process.join()
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
