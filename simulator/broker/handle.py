"""A broker to run against, whoever started it."""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from simulator.broker.credentials import Credentials
from simulator.broker.embedded import EmbeddedBroker
from simulator.broker.mosquitto import LocalMosquitto
from simulator.broker.target import check_reachable, resolve_target
from simulator.core.endpoint import Endpoint, Protocol


class OwnBroker(StrEnum):
    """Brokers that Fleetsim starts itself, by the word that asks for them."""

    EMBEDDED = "embedded"
    MOSQUITTO = "mosquitto"


class BrokerHandle(typing.Protocol):
    """A broker that listens."""

    def endpoint(self, protocol: Protocol) -> Endpoint:
        """Return where it listens for this MQTT version."""

    def describe(self) -> str:
        """Return in a few words what it is and where; never credentials."""

    def cpu_seconds(self) -> float | None:
        """Return the processor time that it has used; None if that cannot be told."""

    @property
    def connection_log(self) -> Path | None:
        """The file in which it logs connections, None if there is none to be had."""


@dataclass(frozen=True, slots=True)
class RemoteBroker:
    """A broker that somebody else runs, cleared by the target guard.

    Attributes:
        target: where it listens; versions share the port.
    """

    target: Endpoint

    def endpoint(self, protocol: Protocol) -> Endpoint:
        """Return where it listens for this MQTT version."""
        return replace(self.target, protocol=protocol)

    def describe(self) -> str:
        """Return in a few words what it is and where; never credentials."""
        return f"broker at {self.target.host}:{self.target.port}"

    def cpu_seconds(self) -> float | None:
        """Return None: it is somebody else's process."""
        return None

    @property
    def connection_log(self) -> None:
        """None: it is somebody else's."""
        return None


@contextmanager
def open_broker(
    spec: str,
    protocol: Protocol,
    allow: Collection[str] = (),
    prove: Callable[[Endpoint], Endpoint] | None = None,
    credentials: Credentials | None = None,
    talkative: bool = False,
) -> Iterator[BrokerHandle]:
    """Start the broker that is asked for, or check the one that is named, for the time of a run.

    Args:
        spec: ``embedded``, ``mosquitto`` or a URL as in `resolve_target`.
        protocol: MQTT version that the run will speak.
        allow: hosts off this machine that the user has named as theirs.
        prove: has the user prove control of a broker beyond this machine and clears its endpoint; without
            it no such broker is let through.
        credentials: those of the fleet, for a Mosquitto that checks them.
        talkative: whether a Mosquitto that is started logs each connection.

    Raises:
        UsageError: the URL is none, or the credentials are not for such a broker.
        TargetRefusedError: the guard refuses it.
        RunFailedError: the broker cannot be started or reached.
    """
    if spec == OwnBroker.EMBEDDED:
        with EmbeddedBroker() as embedded:
            yield embedded
    elif spec == OwnBroker.MOSQUITTO:
        with LocalMosquitto(credentials=credentials, talkative=talkative) as mosquitto:
            yield mosquitto
    else:
        target = resolve_target(spec, allow, protocol=protocol)
        if target.beyond_loopback and prove is not None:
            target = prove(target)
        else:
            check_reachable(target)
        yield RemoteBroker(target)
