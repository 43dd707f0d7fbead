"""A small fleet that is attacked, and what it and the attackers do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from simulator.core.actions import Action, Publish, Raw
from simulator.core.campaigns import CampaignTruth, MemberTruth
from simulator.core.records import MessageTruth
from simulator.core.shard import Shard
from simulator.core.steps import Step
from simulator.fleet import Fleet
from simulator.scenario import Scenario

MINUTE = 60.0

KINDS: list[dict[str, Any]] = [
    {"kind": "wearable", "owners": 0.5},
    {"kind": "smart_speaker", "per_household": 1.0},
    {"kind": "inventory_sensor", "per_shop": 20},
]


def scenario(*attacks: dict[str, Any], **changes: Any) -> Scenario:
    """Three neighbourhoods in the evening, half an hour in real time."""
    base: dict[str, Any] = {
        "name": "raided",
        "seed": 11,
        "duration": "30m",
        "speed": 1,
        "world": {"households": 24, "shops": 3, "households_per_neighbourhood": 8},
        "devices": KINDS,
        "attacks": list(attacks),
    }
    return Scenario.model_validate(base | changes)


@dataclass(frozen=True)
class Sent:
    """A message, with what is true about it."""

    action: Publish | Raw
    truth: MessageTruth

    @property
    def at(self) -> float:
        return self.action.at

    @cached_property
    def payload(self) -> dict[str, Any]:
        assert isinstance(self.action, Publish)
        payload: dict[str, Any] = json.loads(self.action.payload)
        return payload


class Stream:
    """All that a fleet and its attackers do."""

    def __init__(self, of: Scenario, shard: Shard | None = None) -> None:
        self.scenario = of
        fleet = Fleet(of, shard)
        self.campaigns: list[CampaignTruth] = list(fleet.campaigns())
        self.outsiders = dict(fleet.outsiders)
        self.compromised = dict(fleet.compromised)
        self.devices = dict(fleet.devices)
        self.steps: list[Step] = list(fleet.stream())

    @property
    def campaign(self) -> CampaignTruth:
        """The only attack."""
        (campaign,) = (row for row in self.campaigns if not row.benign)
        return campaign

    @property
    def members(self) -> dict[str, MemberTruth]:
        """Who takes part in the only attack."""
        return {member.device: member for member in self.campaign.members}

    @property
    def attack(self) -> list[Sent]:
        """The messages that are part of an attack."""
        return [
            Sent(action, truth)
            for action, truth in self.steps
            if truth is not None and truth.attack is not None and isinstance(action, Publish | Raw)
        ]

    def did(self, of: type[Action]) -> list[Any]:
        """What the members did of one kind, in order."""
        return [
            action for action, _ in self.steps if isinstance(action, of) and action.device in self.members
        ]

    def of_others(self) -> list[Step]:
        """What all do who take no part."""
        members = self.members if self.campaigns else {}
        return [step for step in self.steps if step[0].device not in members]

    def without(self, members: dict[str, MemberTruth]) -> list[Step]:
        """What all do but some."""
        return [step for step in self.steps if step[0].device not in members]


@cache
def _stream(attacks: str) -> Stream:
    return Stream(scenario(*json.loads(attacks)))


def stream(*attacks: dict[str, Any]) -> Stream:
    """What they do with these attacks; simulated once for all tests."""
    return _stream(json.dumps(attacks))
