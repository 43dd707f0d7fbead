"""An audit at the end of a run, with two of its own devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulator.audit.audit import audit, write_access
from simulator.audit.questions import Cast, cast
from simulator.broker import BrokerHandle
from simulator.broker.credentials import Identity
from simulator.core.endpoint import Protocol
from simulator.core.shard import Shard
from simulator.fleet import COMMAND, Fleet
from simulator.plan import Plan
from simulator.scenario import Scenario
from simulator.truth import RunFolder


def audit_run(
    broker: BrokerHandle, plan: Plan, folder: RunFolder, stopped: Callable[[], bool] = lambda: False
) -> None:
    """Try who may do what at a run's broker, and write the answers into its truth.

    Raises:
        UsageError: there are no two devices.
        RunFailedError: the answers cannot be written.
    """
    endpoints = [broker.endpoint(protocol) for protocol in Protocol]
    write_access(folder, list(audit(endpoints, plan.delivery_options, cast_of(plan.scenario), stopped)))


def cast_of(scenario: Scenario) -> Cast:
    """Return who plays: devices of the first neighbourhoods in which there are two."""
    devices: list[Identity] = []
    for index in range(scenario.neighbourhoods):
        devices += _devices(scenario, index)
        if len(devices) > 1:
            break
    return cast(iter(devices), scenario.mqtt.topic, COMMAND)


def _devices(scenario: Scenario, index: int) -> Iterator[Identity]:
    fleet = Fleet(scenario, Shard(index, scenario.neighbourhoods))
    for device, kind in fleet.devices.items():
        yield Identity(device, kind, f"n{index}")
