"""The least that a load can be: the same bytes from every device, in turn, without end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import cycle

from simulator.core.actions import Connect, Publish
from simulator.core.campaigns import CampaignTruth
from simulator.core.records import (
    CanaryTruth,
    ConsentTruth,
    FaultTruth,
    MessageTruth,
    PersonTruth,
    RequestTruth,
)
from simulator.core.shard import Shard
from simulator.core.steps import Step
from simulator.scenario import Scenario

KIND = "static"

KEEP_ALIVE = 300
"""Seconds; long, so that pings are not part of what is measured."""


def device_name(number: int) -> str:
    """Return the id of a device that sends static messages."""
    return f"bench-{number}"


def topic(device: str) -> str:
    """Return where a device sends its static messages."""
    return f"bench/{device}"


class StaticSource:
    """Devices without a world behind them, each with one message that it sends again and again.

    Args:
        scenario: its MQTT options count; nothing else does.
        shard: which part of the devices.
        devices: in all shards together.
        payload_bytes: of each message.
    """

    def __init__(self, scenario: Scenario, shard: Shard, *, devices: int, payload_bytes: int) -> None:
        self._qos = scenario.mqtt.qos
        self._payload = b"x" * payload_bytes
        self.devices: Mapping[str, str] = {
            device_name(number): KIND for number in range(shard.index, devices, shard.count)
        }
        self.outsiders: Mapping[str, str] = {}
        self.now = 0.0

    def people(self) -> Iterator[PersonTruth]:
        """Yield nobody."""
        return iter(())

    def consents(self) -> Iterator[ConsentTruth]:
        """Yield nothing."""
        return iter(())

    def requests(self) -> Iterator[RequestTruth]:
        """Yield nothing."""
        return iter(())

    def planted(self, about: MessageTruth) -> Iterable[CanaryTruth]:
        """Return nothing."""
        return ()

    def faults(self) -> Iterator[FaultTruth]:
        """Yield nothing."""
        return iter(())

    def campaigns(self) -> Iterator[CampaignTruth]:
        """Yield nothing."""
        return iter(())

    def command(self, topic: str, payload: bytes) -> bool:
        """Obey nothing."""
        return False

    def stream(self, stopped: Callable[[], bool]) -> Iterator[Step]:
        """Yield a session for each device, then their messages in turn."""
        for device in self.devices:
            yield Connect(0.0, device, keep_alive=KEEP_ALIVE, clean=True), None
        messages = [
            Publish(0.0, device, device, KIND, KIND, topic(device), self._payload, self._qos)
            for device in self.devices
        ]
        for message in cycle(messages):
            yield message, None
