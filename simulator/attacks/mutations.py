"""Packets that no library would send: a corpus of mutations, drawn by seed.

They break rules of MQTT 3.1.1 and 5 that every broker has to enforce; none is aimed at a fault of one. Each
names the clause of MQTT 3.1.1 that it breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from simulator.attacks import frames
from simulator.core.actions import Connect
from simulator.core.seeds import Draws

ODD_TOPICS = (
    *("/" + "../" * depth for depth in range(1, 13)),
    *("/" * depth for depth in range(1, 9)),
    *("%2e%2e/" * depth for depth in (1, 2, 4, 8)),
    *(f"$SYS/broker/{name}" for name in ("version", "uptime", "clients/total", "load/messages", "log/N")),
    *("$SYS", "$SYS/", "$share", "$share/group", "$queue", "$aws/things", "$test"),
    *(" ", "\t", "..", ".", "~", "null", "\u00e4\u00f6\u00fc", "\U0001f321", "\u202e"),
    *("a/" * depth for depth in (10, 30, 60, 120, 180, 220, 275)),
)
"""Topics that are allowed, at least by letter, and that no device uses: as many as that capture has."""

LONGEST = 691
"""Bytes of the longest PUBLISH in a capture of malformed packets, of MQTTset (Vaccari and others, 2020)."""

NOT_UTF_8 = (b"\xc3\x28", b"\xed\xa0\x80", b"\xff\xfe", b"fleet\0", b"\xf4\x90\x80\x80", b"\xc0\xaf")
"""Not UTF-8 (RFC 3629), or with U+0000 in it."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a mutation is made of.

    Attributes:
        draws: the corpus's stream.
        hello: the CONNECT of a device.
        topic: of a device.
        command: topic on which a device takes commands.
        payload: as a device sends it.
        qos: at which a device sends it, 0 or 1.
        packet_id: the next one of the session.
        modern: whether MQTT 5 is spoken.
    """

    draws: Draws
    hello: Connect
    topic: str
    command: str
    payload: bytes
    qos: int
    packet_id: int
    modern: bool

    def published(
        self, topic: str | bytes | None = None, *, qos: int | None = None, packet_id: int | None = None
    ) -> bytes:
        """Return a PUBLISH as a device sends it, but for what is given."""
        return frames.publish(
            self.topic if topic is None else topic,
            self.payload,
            self.qos if qos is None else qos,
            self.packet_id if packet_id is None else packet_id,
            self.modern,
        )

    def subscribed(self, topic_filter: str | bytes) -> bytes:
        """Return a SUBSCRIBE as a device sends it, but for the filter."""
        return frames.subscribe(topic_filter, self.packet_id, self.modern)

    def connected(self, **changes: Any) -> bytes:
        """Return a CONNECT as a device sends it, but for what is given; see `frames.connect`."""
        return frames.connect(self.hello, self.modern, **changes)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to be wrong.

    Attributes:
        name: of the mutation.
        after_connect: whether it follows a right CONNECT; else it is the first that is sent.
        make: makes the bytes.
    """

    name: str
    after_connect: bool
    make: Callable[[Means], bytes]


def _flipped(data: bytes, draws: Draws, place_of_flags: int, kept: int) -> bytes:
    """Return bytes of which up to four bits are others.

    Not of the length, which would only wait for more, and no flag by which anything stays at the broker.

    Args:
        data: the bytes.
        draws: the corpus's stream.
        place_of_flags: where the flags are.
        kept: those of them that stay as they are.
    """
    flipped = bytearray(data)
    while flipped == data:
        for _ in range(1 + draws.below(4)):
            place = draws.below(len(flipped))
            place = 0 if place in (1, 2) else place
            flipped[place] ^= 1 << draws.below(8) & (~kept if place == place_of_flags else 0xFF)
    return bytes(flipped)


def _flipped_connect(means: Means) -> bytes:
    connect = means.connected()
    flags = connect.index(b"MQTT") + len(b"MQTT") + 1
    return _flipped(connect, means.draws, flags, frames.CLEAN | frames.WILL_RETAIN)


def _flipped_publish(means: Means) -> bytes:
    return _flipped(means.published(), means.draws, 0, frames.RETAIN)


def _on_an_odd_topic(means: Means) -> bytes:
    """Return a PUBLISH that is no longer than the longest of the capture."""
    topic = means.draws.choice(ODD_TOPICS)
    room = LONGEST - len(topic.encode()) - 8  # of header, the topic's length, packet id and no properties
    return replace(means, payload=means.payload[:room]).published(topic)


CORPUS = (
    # 2.2.3: at most four bytes of length
    Mutation("length of five bytes", True, lambda m: b"\x30\xff\xff\xff\xff\x7f"),
    Mutation("length of five bytes at once", False, lambda m: b"\x10\xff\xff\xff\xff\x7f"),
    # 3.3.1-4, 2.2: types and flags that do not exist
    Mutation("QoS 3", True, lambda m: m.published(qos=3)),
    Mutation("packet type 0", True, lambda m: frames.frame(0x00, b"")),
    Mutation("packet type 15", True, lambda m: frames.frame(0xF1, b"")),
    Mutation("flags of SUBSCRIBE", True, lambda m: b"\x80" + m.subscribed(m.command)[1:]),
    Mutation("flags of PUBREL", True, lambda m: frames.frame(0x60, b"\0\1")),
    # the length and the fields do not agree
    Mutation("ends inside a field", True, lambda m: frames.frame(frames.PUBLISH, frames.text(m.topic)[:-4])),
    Mutation(
        "field longer than the packet",
        True,
        lambda m: frames.frame(frames.PUBLISH, b"\xff\xff" + m.topic.encode()),
    ),
    Mutation("PINGREQ with a body", True, lambda m: frames.frame(frames.PINGREQ, m.payload[:8])),
    Mutation("PUBREL without packet id", True, lambda m: frames.frame(frames.PUBREL, b"")),
    # 1.5.3: strings
    Mutation(
        "topic not UTF-8",
        True,
        lambda m: m.published(m.draws.choice(NOT_UTF_8)),
    ),
    Mutation("filter not UTF-8", True, lambda m: m.subscribed(m.draws.choice(NOT_UTF_8))),
    Mutation("client id not UTF-8", False, lambda m: m.connected(client_id=m.draws.choice(NOT_UTF_8))),
    # 3.3.2-2, 4.7: topics and filters
    Mutation("wildcard in a topic", True, lambda m: m.published("+/#")),
    Mutation("empty topic", True, lambda m: frames.publish("", m.payload, m.qos, m.packet_id, modern=False)),
    Mutation("wildcard inside a level", True, lambda m: m.subscribed("fleet+/#/x")),
    # 4.7.3: allowed; four times, so that most of them come in as many connections as a capture has
    *[
        Mutation(
            f"odd topic, {turn} of 4",
            True,
            _on_an_odd_topic,
        )
        for turn in range(1, 5)
    ],
    # 2.3.1-1, 3.8.3-3
    Mutation("packet id 0", True, lambda m: m.published(qos=1, packet_id=0)),
    Mutation("SUBSCRIBE to nothing", True, lambda m: frames.frame(frames.SUBSCRIBE, b"\0\1")),
    # 3.1.0-1, 3.1.0-2: order
    Mutation("a second CONNECT", True, lambda m: m.connected()),
    Mutation("PUBLISH before CONNECT", False, lambda m: m.published()),
    Mutation("SUBSCRIBE before CONNECT", False, lambda m: m.subscribed(m.command)),
    Mutation("PINGREQ before CONNECT", False, lambda m: frames.frame(frames.PINGREQ, b"")),
    # 3.1.2: what CONNECT must be
    Mutation("protocol name", False, lambda m: m.connected(name="MQTS")),
    Mutation("protocol level", False, lambda m: m.connected(level=9)),
    Mutation("reserved flag", False, lambda m: m.connected(flags=0x01)),
    Mutation("will QoS 3", False, lambda m: m.connected(flags=0x18)),
    Mutation("flags without fields", False, lambda m: m.connected(flags=0xC0)),
    # anything
    Mutation("bits of a CONNECT", False, _flipped_connect),
    Mutation("bits of a PUBLISH", True, _flipped_publish),
)
"""All of them; a campaign goes through them again and again, in an order drawn by seed."""
