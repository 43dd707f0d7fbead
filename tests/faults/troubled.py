"""A small fleet with faults, and what it does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from simulator.core.actions import Action, Publish
from simulator.core.records import FaultTruth, MessageTruth
from simulator.core.shard import Shard
from simulator.core.steps import Step
from simulator.fleet import Fleet
from simulator.scenario import Scenario

KINDS: list[dict[str, Any]] = [
    {"kind": "wearable", "owners": 0.5},
    {"kind": "smart_speaker", "per_household": 1.0},
    {"kind": "inventory_sensor", "per_shop": 20},
]

HOUR = 3600.0


def scenario(*faults: dict[str, Any], **changes: Any) -> Scenario:
    """Three neighbourhoods in the evening, three hours long."""
    base: dict[str, Any] = {
        "name": "troubled",
        "seed": 11,
        "duration": "3h",
        "world": {"households": 24, "shops": 3, "households_per_neighbourhood": 8},
        "devices": KINDS,
        "faults": list(faults),
    }
    return Scenario.model_validate(base | changes)


@dataclass(frozen=True)
class Sent:
    """A message, with what is true about it."""

    publish: Publish
    truth: MessageTruth

    @cached_property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = json.loads(self.publish.payload)
        return payload


class Stream:
    """All that a fleet does, and whom faults befall."""

    def __init__(self, of: Scenario, shard: Shard | None = None) -> None:
        fleet = Fleet(of, shard)
        self.devices = fleet.devices
        self.faults: list[FaultTruth] = list(fleet.faults())
        self.steps: list[Step] = list(fleet.stream())

    @property
    def befallen(self) -> dict[str, FaultTruth]:
        """Whom the only fault befalls."""
        assert len({row.fault for row in self.faults}) <= 1
        return {row.device: row for row in self.faults if row.device is not None}

    def sent(self, *devices: str) -> list[Sent]:
        """The messages of some devices, or of all."""
        return [
            Sent(action, truth)
            for action, truth in self.steps
            if isinstance(action, Publish)
            and truth is not None
            and action.device in (devices or self.devices)
        ]

    def did(self, device: str) -> list[Action]:
        """What a device does besides sending."""
        return [a for a, _ in self.steps if a.device == device and not isinstance(a, Publish)]


@cache
def _stream(faults: str) -> Stream:
    return Stream(scenario(*json.loads(faults)))


def stream(*faults: dict[str, Any]) -> Stream:
    """What the fleet does with these faults; simulated once for all tests."""
    return _stream(json.dumps(faults))


def ids(messages: Iterable[Sent]) -> list[str]:
    return [message.publish.id for message in messages]
