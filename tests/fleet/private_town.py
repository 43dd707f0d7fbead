"""A town with a section on privacy: what a control sees of its stream, beside the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from simulator.core.actions import Connect, Publish
from simulator.core.consent_topics import REGISTRAR
from simulator.core.readings import Span
from simulator.core.records import CanaryTruth, ConsentTruth, MessageTruth, PersonTruth, RequestTruth
from simulator.fleet import Fleet
from simulator.scenario import Scenario

KINDS: list[dict[str, Any]] = [
    {"kind": "wearable", "owners": 0.5},
    {"kind": "smart_speaker", "per_household": 1.0},
    {"kind": "inventory_sensor", "per_shop": 20},
]


def scenario(privacy: Mapping[str, Any] | None, **changes: Any) -> Scenario:
    """Return a scenario with such a section, none if it is None."""
    base: dict[str, Any] = {
        "name": "private",
        "seed": 17,
        "duration": "6h",
        "world": {"households": 30, "shops": 2, "households_per_neighbourhood": 15},
        "devices": KINDS,
        "mqtt": {"broker": "mosquitto", "version": 5},
    }
    return Scenario.model_validate(base | ({} if privacy is None else {"privacy": privacy}) | changes)


@dataclass(frozen=True)
class Message:
    """One message with its truth, and how its device opened its session."""

    publish: Publish
    truth: MessageTruth
    connect: Connect

    @cached_property
    def values(self) -> dict[str, Any]:
        """The payload."""
        values: dict[str, Any] = msgspec.json.decode(self.publish.payload)
        return values

    def text(self, span: Span) -> str:
        """Return the text that a span means."""
        return self.field(span.field)[span.start : span.end]

    def field(self, path: str) -> str:
        """Return the whole text at a span's field."""
        match path.split("."):
            case ["topic"]:
                return self.publish.topic
            case ["client_id"]:
                return self.connect.client_id or self.connect.device
            case ["will"]:
                assert self.connect.will is not None
                return self.connect.will.payload.decode()
            case ["user_property", name]:
                return dict(self.connect.properties)[name]
            case steps:
                value: Any = self.values
                for step in steps:
                    value = value[step]
                return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@dataclass(frozen=True)
class Told:
    """All that a fleet has sent, and what is true about it."""

    people: dict[str, PersonTruth]
    consents: list[ConsentTruth]
    requests: list[RequestTruth]
    messages: list[Message]
    canaries: list[CanaryTruth]

    @property
    def of_devices(self) -> list[Message]:
        """The messages that tell of no consent."""
        return [message for message in self.messages if message.truth.kind != REGISTRAR]


def told(of: Scenario) -> Told:
    """Return all that a fleet sends."""
    fleet = Fleet(of)
    people = {row.person: row for row in fleet.people()}
    consents, requests = list(fleet.consents()), list(fleet.requests())
    connects: dict[str, Connect] = {}
    messages: list[Message] = []
    canaries: list[CanaryTruth] = []
    for action, truth in fleet.stream():
        if isinstance(action, Connect):
            connects[action.device] = action
        elif isinstance(action, Publish) and truth is not None:
            messages.append(Message(action, truth, connects[action.device]))
            canaries += fleet.planted(truth)
    return Told(people, consents, requests, messages, canaries)
