"""What the reference controls share: they take what the fleet publishes and hand on what they make of it.

A control overrides `Control.message`, and is started with `run`. What it has to know it finds in its
environment; docs/controls.md names the variables.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt

Fields = dict[str, Any]
"""The payload of a message."""

Out = Callable[[str, bytes, bool], None]
"""Takes a topic, a payload, and whether the broker is to keep it."""

TURN = 0.2
"""Seconds that it waits for something to happen before it looks whether it is to end."""

LAST_WORDS = 4.0
"""Seconds at most in which the broker has to take what a control publishes at its end."""


class Control:
    """Hands on every message as it is; follows who consents to what, and who asks for erasure.

    Args:
        out: takes what the control publishes.
        purpose: what the consumer behind it is for.
    """

    def __init__(self, out: Out, purpose: str = "analytics") -> None:
        self._out = out
        self.purpose = purpose
        self.agreed: dict[str, bool] = {}
        """Whether each subject agrees to the purpose."""
        self.subjects: dict[str, set[str]] = {}
        """Whose data each device may hold."""
        self.erased: set[str] = set()
        """Subjects who have asked for erasure."""

    def take(self, topic: str, payload: bytes) -> None:
        """Take what came from the broker: a message, somebody's consent, or a request."""
        try:
            fields = json.loads(payload)
        except ValueError:
            return  # what cannot be read cannot be cleared
        if not isinstance(fields, dict):
            return
        level = topic.split("/")[2:3]
        if level == ["consent"]:
            self.consent(fields)
        elif level == ["request"]:
            if fields.get("kind") == "erasure":
                self.erasure(fields["subject"])
        elif "device" in fields:
            self.message(topic, fields)

    def consent(self, fields: Fields) -> None:
        """Somebody has said what they agree to."""
        subject = fields["subject"]
        self.agreed[subject] = bool(fields["purposes"].get(self.purpose))
        for device in fields.get("devices", ()):
            self.subjects.setdefault(device, set()).add(subject)

    def erasure(self, subject: str) -> None:
        """Somebody has asked that their data be erased."""
        self.erased.add(subject)

    def message(self, topic: str, fields: Fields) -> None:
        """A device has published something."""
        self.send(topic, fields)

    def look(self) -> None:
        """Some time has passed, in which messages may have come or not."""

    def finish(self) -> None:
        """The control is about to end."""

    def send(self, topic: str, fields: Fields, *, keep: bool = False) -> None:
        """Publish a message, under `out/NAME/` and the topic."""
        self._out(topic, json.dumps(fields, separators=(",", ":")).encode(), keep)

    def forget(self, topic: str) -> None:
        """Have the broker forget what it keeps on a topic."""
        self._out(topic, b"", True)


def run(make: Callable[[Out, str], Control]) -> None:
    """Run a control until it is told to end."""
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ending.append(number))
    told = os.environ
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.max_queued_messages_set(0)
    client.max_inflight_messages_set(100)

    published: list[mqtt.MQTTMessageInfo] = []

    def out(topic: str, payload: bytes, keep: bool) -> None:
        published[:] = [client.publish(f"{told['FLEETSIM_OUT']}/{topic}", payload, qos=1, retain=keep)]

    control = make(out, told["FLEETSIM_PURPOSE"])
    filters = [(told[name], 1) for name in ("FLEETSIM_CONSENT", "FLEETSIM_REQUESTS", "FLEETSIM_IN")]
    client.on_connect = lambda *_: client.subscribe(filters)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.on_message = lambda _client, _data, message: control.take(message.topic, message.payload)
    if "FLEETSIM_BROKER_USERNAME" in told:
        client.username_pw_set(told["FLEETSIM_BROKER_USERNAME"], told.get("FLEETSIM_BROKER_PASSWORD"))
    if "FLEETSIM_BROKER_TLS" in told:
        files = (told.get(f"FLEETSIM_BROKER_{name}") for name in ("CA", "CERTIFICATE", "KEY"))
        client.tls_set(*files)
    client.connect(told["FLEETSIM_BROKER_HOST"], int(told["FLEETSIM_BROKER_PORT"]))
    looked = time.monotonic()
    while not ending:
        if client.loop(TURN) != mqtt.MQTT_ERR_SUCCESS:
            sys.exit("the broker is gone")
        if time.monotonic() - looked >= TURN:
            control.look()
            looked = time.monotonic()
    control.look()
    control.finish()
    until = time.monotonic() + LAST_WORDS
    # They are sent in order, so the last one is through when all are.
    while published and not published[0].is_published() and time.monotonic() < until:
        client.loop(TURN)
    client.disconnect()
