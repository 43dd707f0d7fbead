"""The reference detectors by a hand-made stream: each gets exactly the scores that it deserves."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simulator.core.campaigns import Credential, MemberTruth, Role
from simulator.core.records import SessionMoment
from simulator.scenario import shipped
from simulator.verify import CheckResult, Source, Verdict, verify

sys.path.insert(0, str(Path(__file__).parent.parent / "verify"))

from raid_scene import ORIGIN, START, Raided, device_id, outsider

FOLDER = shipped()["privacy_drill"].parent / "controls"
HELD, FAILED, UNTRUSTED = Verdict
ON_ALERTS = ("detection", "false_alarms", "time_to_detect")


@pytest.fixture(autouse=True)
def beside_them(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let them find each other as they do when they run."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    for name in [path.stem for path in FOLDER.glob("*.py")]:
        sys.modules.pop(name, None)


@dataclass
class Hour:
    """Forty devices, of which five are turned, and four outsiders: what a broker tells a detector, in order.

    Attributes:
        sent: messages, with time and topic.
        log: lines of the broker's log, with their times.
    """

    town: Raided = field(default_factory=lambda: Raided(devices=40, seconds=900.0))
    sent: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    log: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for truth, _ in self.town._messages:
            self.say(truth.device, truth.at, truth.at, truth.id)
        self.floods()
        self.replays()
        self.downgrades()
        self.looks_ahead()
        self.speaks_for_another()
        self.hands_in_what_it_stored()
        self.sends_twice()
        self.guesses_passwords()
        self.sends_what_is_no_packet()
        self.takes_an_id_over()
        self.wants_to_be_silent_for_hours()
        self.all_come_back_at_once()
        self.sent.sort(key=lambda one: one[0])
        self.log.sort()

    def say(self, device: str, at: float, observed: float, identity: str, **values: Any) -> None:
        topic = values.pop("topic", f"fleet/n0/wearable/{device}/steps")
        time = (START + timedelta(seconds=observed)).isoformat().replace("+00:00", "Z")
        self.sent.append(
            (at, topic, {"id": identity, "device": device, "time": time, "event": "steps"} | values)
        )

    def turned(self, kind: str, number: int, at: float) -> str:
        member = MemberTruth(device_id(number), Role.COMPROMISED, Credential.OWN, cause="weak password")
        return self.town.attack(kind, at, at + 60.0, [member])

    def attack(
        self, device: str, at: float, label: str, observed: float | None = None, **values: Any
    ) -> None:
        identity = self.town.message(device, at, label)
        self.say(device, at, at if observed is None else observed, values.pop("identity", identity), **values)

    def floods(self) -> None:
        """Ten messages a second from second 100 on."""
        label = self.turned("publish_flood", 1, 100.0)
        for tick in range(600):
            self.attack(device_id(1), 100.05 + tick / 10, label)

    def replays(self) -> None:
        """From second 300 on, every 10 s, what it sent five minutes before."""
        label = self.turned("replay", 2, 300.0)
        old = [one for one in self.sent if one[2]["device"] == device_id(2)]
        for number, (at, _, fields) in enumerate(old[:4]):
            self.attack(device_id(2), 300.5 + number * 10, label, at, identity=fields["id"])

    def downgrades(self) -> None:
        """Says at second 10 that it has 1.2.0, and at second 410 that it has 0.9.0."""
        self.say(device_id(3), 10.0, 10.0, "f1", event="firmware", version="1.2.0")
        label = self.turned("firmware_spoof", 3, 400.0)
        self.attack(device_id(3), 410.0, label, event="firmware", version="0.9.0")

    def looks_ahead(self) -> None:
        label = self.turned("time_shift", 4, 450.0)
        self.attack(device_id(4), 452.0, label, 452.0 + 7200.0)

    def speaks_for_another(self) -> None:
        label = self.turned("will_abuse", 5, 500.0)
        self.attack(device_id(5), 507.0, label, topic=f"fleet/n0/wearable/{device_id(6)}/steps")

    def intrudes(self, kind: str, number: int, at: float, credential: Credential, **more: Any) -> str:
        member = MemberTruth(outsider(number), Role.OUTSIDER, credential, **more)
        self.town.attack(kind, at, at + 60.0, [member])
        return member.device

    def guesses_passwords(self) -> None:
        """Twice a second from second 620 on; Mosquitto does not say of whom it was."""
        device = self.intrudes("credential_brute_force", 1, 620.0, Credential.GUESSED)
        for tick in range(120):
            self.town.session(device, 620.0 + tick / 2, SessionMoment.REFUSED, client_id=f"attempt{tick}")
            self.log.append((620.0 + tick / 2, "Client <unknown> disconnected, not authorised."))

    def sends_what_is_no_packet(self) -> None:
        device = self.intrudes("malformed", 2, 700.0, Credential.STOLEN)
        self.town.session(device, 700.0, SessionMoment.CONNECTED)
        self.log.append((700.0, f"New client connected from 127.0.0.1:50002 as {device} (p2, c1, k60)."))
        self.log.append((700.5, f"Client {device} disconnected due to malformed packet."))

    def takes_an_id_over(self) -> None:
        """Every five seconds from second 750 on."""
        taken = device_id(7)
        device = self.intrudes("id_takeover", 3, 750.0, Credential.STOLEN, client_id=taken)
        for tick in range(8):
            self.town.session(device, 750.0 + tick * 5, SessionMoment.CONNECTED, client_id=taken)
            self.log.append((750.0 + tick * 5, f"Client {taken} already connected, closing old connection."))

    def wants_to_be_silent_for_hours(self) -> None:
        device = self.intrudes("slow_dos", 4, 820.0, Credential.STOLEN)
        self.town.session(device, 820.0, SessionMoment.CONNECTED)
        self.log.append((820.0, f"New client connected from 127.0.0.1:50004 as {device} (p2, c1, k65535)."))

    def all_come_back_at_once(self) -> None:
        """After a power cut, before the broker noticed that they were gone; one has a lapsed password."""
        for number in range(10, 40):
            device, at = device_id(number), 30.0 + number / 100
            self.log.append((at, f"New connection from 127.0.0.1:{40_000 + number} on port 1883."))
            self.log.append((at, f"Client {device} already connected, closing old connection."))
            entered = f"New client connected from 127.0.0.1:{40_000 + number} as {device} (p2, c1, k60)."
            self.log.append((at, entered))
        self.log += [(30.0 + tick * 5, "Client <unknown> disconnected, not authorised.") for tick in range(8)]

    def hands_in_what_it_stored(self) -> None:
        """At second 600, forty messages of the ten minutes before."""
        befallen = [MemberTruth(device_id(20), Role.HONEST, Credential.OWN)]
        self.town.attack(
            "coverage_loss", 300.0, 600.0, befallen, benign=True, resembles=("publish_flood", "replay")
        )
        for number in range(40):
            at = 600.0 + number / 10
            self.say(device_id(20), at, number * 13.0, self.town.message(device_id(20), at))

    def sends_twice(self) -> None:
        """A message comes again within seconds, as QoS 1 may have it."""
        for at, _, fields in [one for one in self.sent if one[2]["device"] == device_id(21)][:10]:
            self.say(device_id(21), at + 5.0, at, fields["id"])


@pytest.fixture(scope="module")
def hour() -> Hour:
    return Hour()


@pytest.fixture(scope="module")
def run(hour: Hour, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hour.town.write(tmp_path_factory.mktemp("hour") / "run").path


def scored(
    module: str, name: str, hour: Hour, run: Path, tmp_path: Path
) -> dict[tuple[str, str], CheckResult]:
    """Return what a detector's alerts are worth that hears the hour."""
    alerts: list[dict[str, Any]] = []
    now = 0.0

    def hear(topic: str, payload: bytes, _keep: bool) -> None:
        assert topic == "alerts"
        alerts.append({"received": now, "topic": "out/guard/alerts", "payload": payload.decode()})

    detector = getattr(importlib.import_module(module), name)(hear, clock=lambda: ORIGIN.timestamp() + now)
    heard = [
        (at, partial(detector.take, topic, json.dumps(fields).encode())) for at, topic, fields in hour.sent
    ]
    logged = [(at, partial(detector.logged, line)) for at, line in hour.log]
    for now, happen in sorted(heard + logged, key=lambda one: one[0]):  # noqa: B007
        happen()
    path = tmp_path / "alerts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in alerts))
    found = verify(run, alerts=[Source("guard", path)], only=ON_ALERTS, write=False)
    assert not any(source.distrust for source in found.sources)
    return {(one.check, one.part): one for one in found.checks}


def test_the_sensible_one_sees_all_nine_and_raises_no_false_alarm(
    hour: Hour, run: Path, tmp_path: Path
) -> None:
    found = scored("detector", "Detector", hour, run, tmp_path)
    recall, alarms = found["detection", ""], found["false_alarms", ""]
    assert (recall.value, recall.trials) == (1.0, 9)
    assert alarms.value == 0.0
    # Nine in nine are too few to claim 95 in 100, as are these minutes to claim one in a thousand.
    assert (recall.verdict, alarms.verdict) == (UNTRUSTED, UNTRUSTED)
    # The fourth takeover is one too many, the eleventh password, and the thirtieth message of the flood, of
    # which it sent one honestly; the others show at once.
    assert found["time_to_detect", ""].value == pytest.approx(15.0, abs=0.11)
    assert found["time_to_detect", "first packet p50"].value == 0.0


def test_the_careless_one_is_fooled_by_stored_messages_and_blind_to_most(
    hour: Hour, run: Path, tmp_path: Path
) -> None:
    found = scored("detector_careless", "Careless", hour, run, tmp_path)
    recall, alarms = found["detection", ""], found["false_alarms", ""]
    assert (recall.value, recall.verdict) == (3 / 9, FAILED)
    unseen = "credential_brute_force, firmware_spoof, id_takeover, malformed, slow_dos, will_abuse"
    assert f"does not see {unseen} at all" in recall.reason
    # In one minute of one honest device, the one that looks like an attack.
    assert alarms.value is not None
    assert alarms.value * alarms.trials == pytest.approx(1.0)
    fooled = found["false_alarms", "coverage_loss-5"]
    assert (fooled.value, fooled.verdict) == (1.0, FAILED)
    # The flood after 15 messages; the message of the future when the next of that device seems old.
    assert found["time_to_detect", "first packet p50"].value == pytest.approx(1.45, abs=0.11)
    assert found["time_to_detect", ""].value == pytest.approx(14.5, abs=1.0)
