"""What a fleet asks of MQTT 5 beyond what every session needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import NO_PROPERTIES, Properties
from simulator.mqtt.codec.packet_type import PacketType
from simulator.mqtt.codec.properties import encode_properties


@dataclass(frozen=True, slots=True)
class Features:
    """Options of MQTT 5 that all sessions of a fleet share; none of them reaches a 3.1.1 broker.

    Source: MQTT 5.0 (OASIS, 2019), sections 3.1.2.11, 3.1.3.2 and 3.3.2.3.

    Attributes:
        user_properties: names and values that every message carries, wills too.
        message_expiry: seconds after which the broker drops a message that it could not deliver; None for
            never.
        session_expiry: seconds for which the broker keeps a session whose connection broke, even one that
            began clean; what its device ends in order is gone at once if it began clean.
        will_delay: seconds that the broker waits with a will, for a session that is back by then.
        topic_alias: send each topic once a connection, and then its number, as far as the broker goes along.
    """

    user_properties: tuple[tuple[str, str], ...] = ()
    message_expiry: int | None = None
    session_expiry: int = 0
    will_delay: int = 0
    topic_alias: bool = False

    def carrying(self, properties: tuple[tuple[str, str], ...]) -> Features:
        """Return the same with further user properties."""
        return replace(self, user_properties=self.user_properties + properties) if properties else self

    @property
    def of_will(self) -> Properties:
        """The properties of a will."""
        return Properties(
            user_properties=self.user_properties,
            message_expiry_interval=self.message_expiry,
            will_delay_interval=self.will_delay or None,
        )

    def of_message(self, alias: int | None = None) -> Properties:
        """Return the properties of a message.

        Args:
            alias: number of its topic, if it has one.
        """
        if alias is None and self.message_expiry is None and not self.user_properties:
            return NO_PROPERTIES
        return Properties(
            user_properties=self.user_properties,
            message_expiry_interval=self.message_expiry,
            topic_alias=alias,
        )


NO_FEATURES = Features()


@lru_cache(maxsize=1024)
def message_properties(features: Features, protocol: Protocol, alias: int | None = None) -> bytes:
    """Return the properties of a message as they go into its PUBLISH, nothing at all in MQTT 3.1.1."""
    if protocol is not Protocol.MQTT_5:
        return b""
    return encode_properties(features.of_message(alias), PacketType.PUBLISH, protocol)
