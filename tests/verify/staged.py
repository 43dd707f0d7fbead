"""A run that never was: homes with a watch and a speaker each, their truth, and what controls made of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from simulator.core.readings import Hazard, Span
from simulator.core.records import (
    CanaryTruth,
    ConsentCause,
    ConsentTruth,
    Delivered,
    Expectation,
    MessageTruth,
    Outcome,
    PersonTruth,
    RequestKind,
    RequestTruth,
)
from simulator.privacy import Canaries, CanaryType, Mode, Subject, run_key
from simulator.truth import Manifest, RunFolder

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = 3600.0
SPEED = 360.0
SEED = 5
HOMES = 36
HOURS = 12
GRACE = 60.0
SHOP = (-31.2, 137.9)
ALL = ("analytics", "service")
SPOKEN = (CanaryType.EMAIL, CanaryType.PHONE, CanaryType.PAYMENT_CARD, CanaryType.NAME)

Payload = dict[str, Any]
Control = Callable[["Sent"], Iterable[Payload]]


@dataclass(frozen=True)
class Sent:
    """A message, and what is true about it."""

    truth: MessageTruth
    payload: Payload

    @property
    def due(self) -> float:
        return self.truth.at / SPEED


@dataclass
class Staged:
    """A run.

    Attributes:
        seed: of the canaries and of the ids.
        without: person whose messages nobody sends.
        shopping: whether everybody goes to the shop once, and shelves watch.
        people, messages, consent, requests, canaries: the truth.
    """

    seed: int = SEED
    homes: int = HOMES
    hours: int = HOURS
    settings: dict[str, Any] = field(default_factory=dict)
    without: str | None = None
    start: datetime = START
    shopping: bool = False
    people: list[PersonTruth] = field(default_factory=list)
    messages: list[Sent] = field(default_factory=list)
    consent: list[ConsentTruth] = field(default_factory=list)
    requests: list[RequestTruth] = field(default_factory=list)
    canaries: list[CanaryTruth] = field(default_factory=list)

    def __post_init__(self) -> None:
        maker = Canaries(run_key(self.seed), Mode.RECOGNISABLE)
        subjects: list[Subject] = []
        for home in range(self.homes):
            hood = f"n{home % 3}"
            person, household = f"{hood}-h{home}-p0", f"{hood}-h{home}"
            born = 1950 + home
            female = home % 2 == 0
            self.people.append(
                PersonTruth(
                    person=person,
                    household=household,
                    neighbourhood=hood,
                    age=2026 - born,
                    sex="female" if female else "male",
                    occupation="retired" if home < 12 else "office",
                    chronotype=(home % 7) / 3 - 1,
                    home=(-31.0 + home * 0.01, 137.7 + home % 8 * 0.01),
                    workplace=None,
                    subject=f"s{home:04d}",
                    born=born,
                )
            )
            subjects.append(Subject(person, household, female, born))
            agreed = () if home % 6 == 0 else ALL
            self.consent.append(ConsentTruth(person, 0.0, agreed))
            if home % 6 == 1:
                self.consent.append(ConsentTruth(person, 6 * HOUR, (), ConsentCause.WITHDRAWN))
            if home % 6 == 2:
                at = 3 * HOUR + home
                self.requests.append(RequestTruth(person, at, RequestKind.ERASURE, at + HOUR))
        for step in range(self.hours * 4):
            for home, one in enumerate(self.people):
                at = step * 900.0 + home * 7.0
                self._say(home, one, subjects[home], maker, at, step)
        if self.shopping:
            for home, one in enumerate(self.people):
                self._shop(home, one, 2 * HOUR + home * 700.0)
        self.messages.sort(key=lambda one: one.truth.at)

    def _say(
        self, home: int, one: PersonTruth, subject: Subject, maker: Canaries, at: float, step: int
    ) -> None:
        if one.person == self.without:
            return
        where = {"latitude": round(one.home[0], 6), "longitude": round(one.home[1], 6)}
        self._send(home, one, at, "wearable", "heart_rate", {"bpm": 60 + home % 30}, step * 2)
        self._send(home, one, at + 1, "wearable", "position", where, step * 2 + 1)
        if step % 8 == home % 8:
            kind = SPOKEN[(step + home) % len(SPOKEN)]
            canary = maker.make(kind, subject)
            text = f"please call back {canary.value} about the garden"
            start = text.index(canary.value)
            span = Span("transcript", start, start + len(canary.value), str(kind), one.person)
            truth = self._send(
                home, one, at + 2, "smart_speaker", "utterance", {"transcript": text}, step, (span,)
            )
            if not any(row.person == one.person and row.type == kind for row in self.canaries):
                self.canaries.append(
                    CanaryTruth(
                        one.person, str(kind), 0, canary.value, canary.core, truth.id, at + 2, truth.device
                    )
                )

    def _shop(self, home: int, one: PersonTruth, at: float) -> None:
        """Send a position each minute from the shop, and take something from a shelf now and then."""
        where = {"latitude": SHOP[0], "longitude": SHOP[1]}
        for minute in range(15):
            self._send(home, one, at + minute * 60, "wearable", "position", where, 1000 + minute)
        for minute in range(2, 13, 2):
            values = {"sku": "0400000001302"}
            facts = {"visit": f"v{home}"}
            self._send(home, one, at + minute * 60, "shelf", "shelf", values, minute, facts=facts)

    def _send(
        self,
        home: int,
        one: PersonTruth,
        at: float,
        kind: str,
        event: str,
        values: Payload,
        seq: int,
        spans: tuple[Span, ...] = (),
        facts: dict[str, Any] | None = None,
    ) -> MessageTruth:
        device = f"{kind[0]}{self.seed:03d}{home:08d}"
        number = crc32(device.encode()) << 32 | seq
        truth = MessageTruth(
            id=f"{number:016x}",
            at=at,
            observed=at,
            device=device,
            kind=kind,
            event=event,
            topic=f"fleet/{one.neighbourhood}/{kind}/{device}/{event}",
            qos=1,
            retain=False,
            size=100,
            person=one.person,
            household=one.household,
            place=None,
            consent=self.agreed(one.person, at),
            hazards=(Hazard.TRANSCRIPT_PII,) if spans else (),
            attack=None,
            expect=self._expect(home, at, spans),
            facts=facts,
            spans=spans,
            delete_by=self._delete_by(one.person, at),
        )
        time = (self.start + timedelta(seconds=at)).isoformat()
        own = {"device": device, "seq": seq + home * 37, "time": time, "event": event}
        payload = {"id": truth.id, **own, **values}
        self.messages.append(Sent(truth, payload))
        return truth

    def agreed(self, person: str, at: float) -> tuple[str, ...]:
        return [row for row in self.consent if row.person == person and row.at <= at][-1].purposes

    def _expect(self, home: int, at: float, spans: tuple[Span, ...]) -> Expectation:
        if home % 6 == 0 or (home % 6 == 1 and at > 6 * HOUR + GRACE):
            return Expectation.DROP
        if home % 6 == 1 and at >= 6 * HOUR:
            return Expectation.ANY
        return Expectation.REDACT if spans else Expectation.ALLOW

    def _delete_by(self, person: str, at: float) -> float | None:
        asked = [row for row in self.requests if row.person == person and at < row.at]
        return asked[0].until if asked else None

    def write(self, path: Path, taps: Iterable[dict[str, Any]] = (), **scenario: Any) -> RunFolder:
        """Write the run's folder, without any output."""
        folder = RunFolder.create(path)
        privacy = {"purpose": "analytics", "consent": {"grace": GRACE}, **self.settings}
        told = {
            "name": "staged",
            "start": self.start.isoformat(),
            "privacy": privacy,
            "taps": list(taps),
            **scenario,
        }
        folder.write_manifest(
            Manifest(scenario=told, seed=self.seed, versions={}, started=START, complete=True)
        )
        _rows(folder.people, self.people)
        _rows(folder.consent, self.consent)
        _rows(folder.requests, self.requests)
        _rows(folder.canaries, self.canaries)
        _rows(folder.messages, (one.truth for one in self.messages))
        _rows(
            folder.delivery,
            (
                Delivered(one.truth.id, one.due, one.due, one.due + 0.01, Outcome.ACKNOWLEDGED)
                for one in self.messages
            ),
        )
        summary = {"status": "passed", "distrust": [], "messages": {"due": len(self.messages)}}
        folder.summary.write_text(json.dumps(summary))
        (path / "egress").mkdir()
        return folder

    def through(self, control: Control) -> Iterator[tuple[float, str, Payload]]:
        """Yield what comes out of a control: when, on which topic, and what."""
        for sent in self.messages:
            for payload in control(sent):
                yield sent.due + 0.05, f"out/{sent.truth.event}", payload


def record(path: Path, rows: Iterable[tuple[float, str, Payload]]) -> Path:
    """Write what a tap records, and return its file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for received, topic, payload in rows:
            row = {"received": received, "topic": topic, "payload": json.dumps(payload)}
            file.write(json.dumps(row) + "\n")
    return path


def _rows(path: Path, rows: Iterable[msgspec.Struct]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
