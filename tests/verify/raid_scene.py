"""A run that never was, with attacks: an honest fleet, those who attack it, and the files of such a run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from simulator.core.campaigns import (
    CampaignTruth,
    Control,
    Credential,
    MemberTruth,
    Overheard,
    PhaseTruth,
    Role,
    ThresholdTruth,
)
from simulator.core.records import Delivered, Expectation, MessageTruth, Outcome, SessionChange, SessionMoment
from simulator.truth import Manifest, RunFolder

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
"""When the scenario starts."""

ORIGIN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The wall clock at second 0 of the load's."""

EVERY = 15.0


@dataclass
class Raided:
    """A run at speed 1.

    Attributes:
        devices: honest ones, each of which sends something every `EVERY` seconds.
        seconds: how long it lasts.
        slow: seconds of latency that honest messages have between two moments, besides 0.01.
        lossy: every which honest message is lost between them; 0 for none.
        between: those two moments.
    """

    devices: int = 40
    seconds: float = 600.0
    slow: float = 0.0
    lossy: int = 0
    between: tuple[float, float] = (0.0, 0.0)
    campaigns: list[CampaignTruth] = field(default_factory=list)
    sessions: list[SessionChange] = field(default_factory=list)
    overheard: list[Overheard] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    _messages: list[tuple[MessageTruth, Delivered]] = field(default_factory=list)

    def __post_init__(self) -> None:
        steps = int(self.seconds / EVERY)
        count = 0
        for step in range(steps):
            for number in range(self.devices):
                at = step * EVERY + number * EVERY / self.devices
                count += 1
                inside = self.between[0] <= at < self.between[1]
                lost = bool(inside and self.lossy and count % self.lossy == 0)
                self.message(
                    device_id(number),
                    at,
                    latency=0.01 + (self.slow if inside else 0.0),
                    outcome=Outcome.LOST if lost else Outcome.ACKNOWLEDGED,
                )

    def message(
        self,
        device: str,
        at: float,
        attack: str | None = None,
        outcome: Outcome = Outcome.ACKNOWLEDGED,
        latency: float = 0.01,
    ) -> str:
        identity = f"{len(self._messages):016x}"
        topic = f"fleet/n0/wearable/{device}/steps"
        truth = MessageTruth(
            id=identity, at=at, observed=at, device=device, kind="wearable", event="steps", topic=topic,
            qos=1, retain=False, size=100, person=None, household=None, place=None, consent=None, hazards=(),
            attack=attack, expect=Expectation.ALLOW, facts=None,
        )  # fmt: skip
        acked = at + latency if outcome.delivered else None
        self._messages.append((truth, Delivered(identity, at, at, acked, outcome)))
        return identity

    def again(self, identity: str, device: str, at: float, attack: str) -> None:
        """Have somebody send a message once more, verbatim."""
        truth, delivered = next(pair for pair in self._messages if pair[0].id == identity)
        copy = msgspec.structs.replace(truth, at=at, device=device, attack=attack)
        self._messages.append((copy, msgspec.structs.replace(delivered, due=at, sent=at, acked=at)))

    def attack(
        self,
        kind: str,
        at: float,
        until: float,
        members: Iterable[MemberTruth],
        *,
        benign: bool = False,
        crossed: float | None = None,
        victims: tuple[str, ...] = (),
        control: Control = Control.DETECTION,
        **more: Any,
    ) -> str:
        label = f"{kind}-{len(self.campaigns)}"
        threshold = (
            ThresholdTruth("connects", "client_id", 15, 60.0, crossed) if crossed is not None else None
        )
        self.campaigns.append(
            CampaignTruth(
                label,
                kind,
                benign,
                at,
                until,
                (PhaseTruth("attack", at, until),),
                tuple(members),
                victims,
                None if benign else control,
                threshold,
                **more,
            )
        )
        return label

    def flood(self, number: int, at: float, seconds: float = 60.0, *, stopped: float | None = None) -> str:
        """An outsider publishes twice a second, until the broker throws it out if it does."""
        device = outsider(number)
        member = MemberTruth(device, Role.OUTSIDER, Credential.STOLEN, user=device_id(0))
        label = self.attack("publish_flood", at, at + seconds, [member], crossed=at + 10.0)
        self.session(device, at, SessionMoment.CONNECTED, source=f"127.0.0.1:{50_000 + number}")
        for tick in range(int(seconds * 2)):
            moment = at + 0.25 + tick / 2
            gone = stopped is not None and moment >= at + stopped
            self.message(device, moment, label, Outcome.REFUSED if gone else Outcome.ACKNOWLEDGED)
        return label

    def session(self, device: str, at: float, state: SessionMoment, **more: Any) -> None:
        self.sessions.append(SessionChange(device, at, state, **more))

    def write(self, path: Path, **scenario: Any) -> RunFolder:
        folder = RunFolder.create(path)
        told = {"name": "raided", "start": START.isoformat(), **self.settings, **scenario}
        folder.write_manifest(
            Manifest(scenario=told, seed=5, versions={}, started=ORIGIN, origin=ORIGIN, complete=True)
        )
        messages = sorted(self._messages, key=lambda pair: pair[0].at)
        _rows(folder.messages, (truth for truth, _ in messages))
        _rows(folder.delivery, (delivered for _, delivered in messages))
        _rows(folder.people, ())
        _rows(folder.sessions, self.sessions)
        _rows(folder.truth / "campaigns.jsonl", self.campaigns)
        _rows(folder.truth / "overheard.jsonl", self.overheard)
        summary = {"status": "passed", "distrust": [], "messages": {"due": len(messages)}}
        folder.summary.write_text(json.dumps(summary))
        return folder


def device_id(number: int) -> str:
    return f"device{number:06d}"


def outsider(number: int) -> str:
    return f"outsider{number:04d}"


def alert(at: float, **about: Any) -> str:
    """Return an alert raised at a second of the load's clock."""
    return json.dumps(
        {"time": (ORIGIN + timedelta(seconds=at)).isoformat(), "signature": "it is odd", **about}
    )


def _rows(path: Path, rows: Iterable[msgspec.Struct]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
