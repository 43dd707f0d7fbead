"""Composition root of `fleetsim provision`: a scenario's devices, and credentials for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.broker.credentials import (
    LONGEST_KEEP_ALIVE,
    BrokerKind,
    Identity,
    Listener,
    cryptography_needed,
)
from simulator.core.errors import UsageError
from simulator.core.shard import Shard
from simulator.core.units import format_duration
from simulator.fleet import COMMAND, Fleet
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.broker.credentials.provision import Provisioned


@dataclass(frozen=True, slots=True)
class ProvisionSettings:
    """What belongs to the credentials and not to the scenario.

    Attributes:
        folder: where they go.
        broker: whose configuration to write.
        ports: ports of listeners, beside or in place of the usual ones.
        hosts: further names and addresses of the broker.
        revoke: devices to lock out.
    """

    folder: Path
    broker: BrokerKind
    ports: Mapping[Listener, int] = field(default_factory=dict)
    hosts: Sequence[str] = ()
    revoke: Sequence[str] = ()


def provision_fleet(
    scenario: Scenario,
    settings: ProvisionSettings,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Provisioned:
    """Make credentials for a scenario's whole fleet, or add what is missing in a folder that there is.

    Args:
        progress: told how many devices are done, of how many.

    Raises:
        UsageError: cryptography is not installed, or what is asked for cannot be.
        RunFailedError: a file cannot be read or written.
    """
    if settings.broker is BrokerKind.MOSQUITTO and scenario.mqtt.keep_alive > LONGEST_KEEP_ALIVE:
        raise UsageError(
            f"mqtt.keep_alive is {format_duration(scenario.mqtt.keep_alive)}, and a provisioned Mosquitto "
            f"grants no more than {format_duration(LONGEST_KEEP_ALIVE)}; ask for less"
        )
    with cryptography_needed("making certificates"):
        from simulator.broker.credentials.provision import Wanted, provision

    wanted = Wanted(
        devices=tuple(identities(scenario)),
        topic=scenario.mqtt.topic,
        command=COMMAND,
        broker=settings.broker,
        ports=settings.ports,
        hosts=settings.hosts,
        revoke=settings.revoke,
    )
    count = len(wanted.devices)
    return provision(settings.folder, wanted, progress=lambda done: progress(min(done, count), count))


def identities(scenario: Scenario) -> Iterator[Identity]:
    """Yield every device of a scenario, a neighbourhood at a time so that only one is in memory."""
    for index in range(scenario.neighbourhoods):
        fleet = Fleet(scenario, Shard(index, scenario.neighbourhoods))
        (neighbourhood,) = fleet.neighbourhoods
        for device, kind in fleet.devices.items():
            yield Identity(device, kind, neighbourhood.id)
