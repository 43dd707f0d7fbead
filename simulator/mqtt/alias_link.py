"""A `FastLink` that sends each topic once a connection, and then its number (topic alias, MQTT 5)."""

from __future__ import annotations

from simulator.core.credentials import Login
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import ConnAckPacket, ServerPacket
from simulator.mqtt.fast_link import FastLink
from simulator.mqtt.features import message_properties
from simulator.mqtt.link import Hello, Listener


class AliasLink(FastLink):
    """Numbers the topics in order of their first use, up to the broker's maximum; others go by name.

    Source: MQTT 5.0 (OASIS, 2019), section 3.3.2.3.4.
    """

    __slots__ = ("_aliases", "_maximum")

    def __init__(self, protocol: Protocol, hello: Hello, listener: Listener) -> None:
        super().__init__(protocol, hello, listener)
        self._aliases: dict[str, int] = {}
        self._maximum = 0

    def connect(self, login: Login | None = None) -> None:
        """Begin a new connection, on which no number means anything yet."""
        self._aliases.clear()
        self._maximum = 0
        super().connect(login)

    def publish(
        self, packet_id: int, topic: str, payload: bytes, qos: int, retain: bool, duplicate: bool
    ) -> None:
        """Send a PUBLISH, with its topic or with the number that stands for it."""
        alias = self._aliases.get(topic)
        name = topic if alias is None else ""
        if alias is None and len(self._aliases) < self._maximum:
            alias = self._aliases[topic] = len(self._aliases) + 1
        plain = self._properties
        if alias is not None:
            self._properties = message_properties(self._hello.features, self._protocol, alias)
        super().publish(packet_id, name, payload, qos, retain, duplicate)
        self._properties = plain

    def _hear(self, packet: ServerPacket) -> None:
        if isinstance(packet, ConnAckPacket):
            self._maximum = packet.properties.topic_alias_maximum or 0
        super()._hear(packet)
