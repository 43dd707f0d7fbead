"""A service of somebody's own: it takes what devices publish and hands it on without what is personal."""

import json
import threading
from collections.abc import Callable

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

Redact = Callable[[dict[str, object]], dict[str, object]]

NEEDED = {"id", "time", "event"}
"""Texts that consumers need; every other text may say something about somebody."""


def redact(fields: dict[str, object]) -> dict[str, object]:
    """Return the fields of a message that are no text, and those that consumers need."""
    return {name: value for name, value in fields.items() if name in NEEDED or isinstance(value, int | float)}


class Redactor:
    """Listens below ``fleet/`` and publishes below ``out/NAME/``, for the time of a ``with``."""

    def __init__(self, name: str, host: str, port: int, redact: Redact = redact) -> None:
        self._out = f"out/{name}"
        self._redact = redact
        self._ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("fleet/+/+/+/+", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._pass_on
        self._client.connect(host, port)

    def _pass_on(self, client: Client, _userdata: object, message: MQTTMessage) -> None:
        if not message.payload:
            return  # a retained message that is deleted
        fields = self._redact(json.loads(message.payload))
        client.publish(f"{self._out}/{fields['event']}", json.dumps(fields), qos=1)

    def __enter__(self) -> "Redactor":
        self._client.loop_start()
        assert self._ready.wait(10), "the broker did not answer"
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
