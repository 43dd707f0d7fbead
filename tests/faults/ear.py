"""Runs a scenario on a real Mosquitto, with somebody who listens and knows only what the broker says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from simulator.broker import LocalMosquitto
from simulator.core.records import Delivered, FaultTruth, MessageTruth
from simulator.fleet import Fleet
from simulator.report import Summary
from simulator.runner import Alone, Crew, RunSettings, run
from simulator.scenario import Scenario
from simulator.truth import RunFolder, read_delivered, read_faults, read_messages

PATIENCE = 20.0

MINUTE = 60.0


@dataclass(frozen=True)
class Heard:
    """A message as it arrived.

    Attributes:
        at: when it arrived, in seconds of the wall clock.
        payload: what it says.
        device: who says so, by the topic.
        event: what about, likewise.
    """

    at: float
    payload: dict[str, Any]
    device: str
    event: str

    @property
    def id(self) -> str:
        return str(self.payload["id"])

    @property
    def time(self) -> float:
        """The time in the payload, in simulated seconds since the start."""
        start = datetime.fromisoformat("2026-03-02T17:00:00+10:30")
        return (datetime.fromisoformat(self.payload["time"]) - start).total_seconds()


class Ear:
    """Hears all that the fleet publishes."""

    def __init__(self, broker: LocalMosquitto) -> None:
        self._heard: list[Heard] = []
        self._ready = threading.Event()
        self._port = broker.port
        self._client = Client(CallbackAPIVersion.VERSION2, "ear")
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *_: client.subscribe("fleet/#", qos=2)
        self._client.on_subscribe = lambda *_: self._ready.set()

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        _, _, _, device, event = message.topic.split("/")
        self._heard.append(Heard(time.monotonic(), json.loads(message.payload), device, event))

    def wait(self, condition: Callable[[list[Heard]], bool]) -> list[Heard]:
        """Return all that was heard once it is enough."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self._heard):
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.02)
        return list(self._heard)


@dataclass(frozen=True)
class Story:
    """A run, as the listener heard it and as the truth has it."""

    devices: int
    heard: list[Heard]
    wills: dict[str, float]
    truth: list[MessageTruth]
    faults: list[FaultTruth]
    delivered: dict[str, Delivered]
    summary: Summary

    @property
    def befallen(self) -> set[str]:
        return {row.device for row in self.faults if row.device is not None}

    @property
    def labelled(self) -> set[str]:
        """Ids of the messages that a fault touched."""
        return {row.id for row in self.truth if row.fault}

    def ages(self) -> list[tuple[Heard, float]]:
        """What was heard, each with how old it was by the simulated clock as others have it."""
        ages, now = [], 0.0
        for message in self.heard:
            if message.device not in self.befallen and message.payload["event"] != "heart_rate":
                now = max(now, message.time)
            ages.append((message, now - message.time))
        return ages


def story(
    broker: LocalMosquitto,
    folder: Path,
    fault: dict[str, Any],
    mqtt: dict[str, Any] | None = None,
    crew: Crew | None = None,
    **changes: Any,
) -> Story:
    """Run 45 minutes of a small town in two seconds, with one fault."""
    scenario = Scenario.model_validate(
        {
            "name": "story",
            "seed": 5,
            "duration": "45m",
            "speed": 1200,
            "world": {"households": 12, "shops": 1},
            "devices": [
                {"kind": "wearable", "owners": 0.5},
                {"kind": "smart_speaker", "per_household": 1.0},
                {"kind": "inventory_sensor", "per_shop": 40, "report_interval": "2m"},
            ],
            "mqtt": {"broker": f"mqtt://127.0.0.1:{broker.port}", **(mqtt or {})},
            "faults": [fault],
            **changes,
        }
    )
    with Ear(broker) as ear:
        summary = run(scenario, RunSettings(folder, crew=crew or Alone()))
        run_folder = RunFolder.open(folder)
        truth = list(read_messages(run_folder))
        delivered = {row.id: row for row in read_delivered(run_folder)}
        sent = {identifier for identifier, row in delivered.items() if row.outcome == "acknowledged"}

        def complete(heard: list[Heard]) -> bool:
            return sent <= {message.id for message in heard if message.event != "offline"}

        everything = ear.wait(complete)
    return Story(
        devices=len(Fleet(scenario).devices),
        heard=[message for message in everything if message.event != "offline"],
        wills={message.device: message.at for message in everything if message.event == "offline"},
        truth=truth,
        faults=list(read_faults(run_folder)),
        delivered=delivered,
        summary=summary,
    )
