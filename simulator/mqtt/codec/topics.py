"""What MQTT allows as a topic name and as a topic filter (MQTT 5.0, section 4.7)."""

from __future__ import annotations

from simulator.mqtt.codec.errors import UnsendablePacketError


def check_topic_name(topic: str) -> None:
    """Raise UnsendablePacketError unless a message can be published to `topic`."""
    if not topic:
        raise UnsendablePacketError("a topic must not be empty")
    if "+" in topic or "#" in topic:
        raise UnsendablePacketError(
            f"topic {topic!r} holds a wildcard: publish to one topic, without + and #"
        )


def check_topic_filter(topic_filter: str) -> None:
    """Raise UnsendablePacketError unless `topic_filter` can be subscribed to."""
    if not topic_filter:
        raise UnsendablePacketError("a topic filter must not be empty")
    *parents, last = topic_filter.split("/")
    if any("#" in level for level in parents) or ("#" in last and last != "#"):
        raise UnsendablePacketError(f"topic filter {topic_filter!r}: # must be the last level, alone")
    if any("+" in level and level != "+" for level in (*parents, last)):
        raise UnsendablePacketError(f"topic filter {topic_filter!r}: + must fill its level")
