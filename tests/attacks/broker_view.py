"""What a broker sees of a raid: its CONNECTs, SUBSCRIBEs and PUBLISHes, in order, as rows of numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median
from typing import Any

import msgspec
import numpy as np
from raided import Stream

from simulator.core.actions import Connect, Dial, Publish, Raw, Subscribe, Will

CONNECT, PUBLISH, SUBSCRIBE = 1, 3, 8
COMMAND = "command"

FEW = 12
"""Honest messages of an event below which nothing is compared with them."""

Row = Mapping[str, float]
"""A number for each feature."""


@dataclass
class View:
    """What each client has shown in one kind of packet."""

    attack: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    honest: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Message:
    """A PUBLISH."""

    device: str
    at: float
    topic: str
    payload: bytes
    qos: int
    retain: bool
    packet_id: int
    hostile: bool

    @property
    def event(self) -> tuple[str, ...]:
        """What it is of, by its topic: kind and event."""
        return tuple(self.topic.split("/")[2::2])

    @property
    def content(self) -> dict[str, Any]:
        """What a payload says; nothing where it says nothing."""
        try:
            content = msgspec.json.decode(self.payload)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def size(self) -> int:
        """Bytes of the payload without the digits of the message's number."""
        return len(self.payload) - len(str(self.content.get("seq", "")))


def views(raid: Stream) -> dict[str, View]:
    """Return connections, subscriptions and messages, each of attackers and of all others.

    What looks like an attack and is none is honest.
    """
    return {
        "connection": _connections(raid),
        "subscription": _subscriptions(raid),
        "message": _messages(raid),
    }


def letters(name: str, identifier: str) -> dict[str, float]:
    """What a tree can read out of an id: how long it is, and its first characters."""
    row = {f"{name}_length": float(len(identifier))}
    padded = identifier[:3].ljust(3, "\0")
    return row | {f"{name}_letter_{place}": float(ord(letter)) for place, letter in enumerate(padded, 1)}


def of_connection(connect: Connect) -> Row:
    client = connect.client_id or connect.device
    will = connect.will or Will("", b"")
    return {
        **letters("client_id", client),
        "keep_alive": float(connect.keep_alive),
        "clean": float(connect.clean),
        "source": float((connect.source or "127.0.0.1").rpartition(".")[2]),
        "will_topic_length": float(len(will.topic)),
        "will_topic_levels": float(will.topic.count("/")),
        "will_topic_is_own": float(f"/{client}/" in will.topic),
        "will_size": float(len(will.payload)),
        "will_qos": float(will.qos),
        "will_retain": float(will.retain),
    }


def _connections(raid: Stream) -> View:
    view = View()
    for action, _ in raid.steps:
        rows = view.attack if action.device in raid.outsiders else view.honest
        for connect in _connects(action):
            rows[action.device].append(of_connection(connect))
    return view


def _connects(action: object) -> Iterator[Connect]:
    match action:
        case Connect():
            yield action
        case Dial(hello=Connect() as hello):
            yield hello
        case Raw():
            for kind, _, body in packets(action.data):
                if kind == CONNECT and (connect := _connect(action, body)) is not None:
                    yield connect


def _subscriptions(raid: Stream) -> View:
    view = View()
    called: dict[str, str] = {}
    for action, _ in raid.steps:
        for connect in _connects(action):
            called[action.device] = connect.client_id or connect.device
        filters: list[tuple[str, int]] = []
        if isinstance(action, Subscribe):
            filters.append((action.topic_filter, action.qos))
        elif isinstance(action, Raw):
            filters += [
                each
                for kind, _, body in packets(action.data)
                if kind == SUBSCRIBE and (each := _subscribe(body)) is not None
            ]
        rows = view.attack if action.device in raid.outsiders else view.honest
        for topic_filter, qos in filters:
            client = called.get(action.device, action.device)
            rows[action.device].append(
                {
                    **letters("client_id", client),
                    "filter_length": float(len(topic_filter)),
                    "filter_levels": float(topic_filter.count("/")),
                    "filter_wildcards": float(topic_filter.count("+") + topic_filter.count("#")),
                    "filter_is_own": float(f"/{client}/" in topic_filter),
                    "qos": float(qos),
                }
            )
    return view


def _messages(raid: Stream) -> View:
    """Rows of messages on topics of devices, while the attack goes on.

    Which events there are is no secret: both have the same in the same shares, and lengths are beside what is
    usual for the event. Commands are compared with all events.
    """
    begin = raid.scenario.start.timestamp()
    at, until = begin + raid.campaign.at, begin + raid.campaign.until
    sent = [message for message in _sent(raid) if at <= message.at <= until]
    honest = [message for message in sent if not message.hostile]
    hostile = [message for message in sent if message.hostile]
    lengths = defaultdict(list)
    for message in honest:
        lengths[message.event].append((message.size, len(message.topic)))
    usual = {event: _medians(those) for event, those in lengths.items() if len(those) >= FEW}
    hostile = [one for one in hostile if one.event in usual or one.event[-1:] == (COMMAND,)]
    wanted = Counter(one.event for one in hostile)
    if all(event in usual for event in wanted):
        most = min((len(lengths[event]) / count for event, count in wanted.items()), default=0.0)
        kept = Counter({event: round(most * count) for event, count in wanted.items()})
        shuffled = np.random.default_rng(5).permutation(len(honest)).tolist()
        honest = [one for one in (honest[place] for place in shuffled) if _taken(kept, one.event)]
    ids = Counter(str(one.content.get("id", "")) for one in sent)
    command = _medians([(size, length) for size, length in usual.values()])
    view = View()
    for message in (*honest, *hostile):
        rows = view.attack if message.hostile else view.honest
        rows[message.device].append(_of_message(message, ids, *usual.get(message.event, command)))
    return view


def _medians(rows: list[tuple[float, float]]) -> tuple[float, float]:
    sizes, topics = zip(*rows, strict=True)
    return median(sizes), median(topics)


def _taken(kept: Counter[tuple[str, ...]], event: tuple[str, ...]) -> bool:
    kept[event] -= 1
    return kept[event] >= 0


def _of_message(message: Message, ids: Counter[str], size: float, topic: float) -> Row:
    content = message.content
    identifier = str(content.get("id", ""))
    return {
        **letters("message_id", identifier),
        **letters("client_id", message.device),
        "message_id_count": float(ids[identifier]),
        "size": message.size - size,
        "topic_length": len(message.topic) - topic,
        "topic_levels": float(message.topic.count("/")),
        "topic_is_own": float(f"/{message.device}/" in message.topic),
        "device_is_of_topic": float(f"/{content.get('device')}/" in message.topic),
        "qos": float(message.qos),
        "retain": float(message.retain),
        "packet_id": float(message.packet_id),
        "number": float(content.get("seq", 0)),
        "age": round(message.at - _time(content, message.at), 1),  # a network hides the rest
    }


def _sent(raid: Stream) -> Iterator[Message]:
    """Yield all PUBLISHes with the packet ids that a session gives: one after the other, 0 at QoS 0."""
    begin = raid.scenario.start.timestamp()
    last: dict[str, int] = defaultdict(int)
    for action, truth in raid.steps:
        match action:
            case Subscribe():
                last[action.device] += 1
            case Publish():
                last[action.device] += bool(action.qos)
                number = last[action.device] if action.qos else 0
                yield Message(
                    action.device,
                    begin + action.at,
                    action.topic,
                    action.payload,
                    action.qos,
                    action.retain,
                    number,
                    hostile=truth is not None and truth.attack is not None,
                )
            case Raw():
                for kind, first, body in packets(action.data):
                    if kind == PUBLISH and (message := _publish(action, first, body)) is not None:
                        yield replace(message, at=begin + action.at)


def _time(content: Mapping[str, Any], otherwise: float) -> float:
    try:
        return datetime.fromisoformat(content["time"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return otherwise


# Raw bytes, as far as they can be read (MQTT 3.1.1)


def packets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield type, first byte and body of each packet, up to one that is not whole."""
    while data:
        length, used = _length(data[1:5])
        body = data[1 + used : 1 + used + length]
        if len(body) < length:
            return
        yield data[0] >> 4, data[0], body
        data = data[1 + used + length :]


def _length(data: bytes) -> tuple[int, int]:
    length = 0
    for place, byte in enumerate(data):
        length |= (byte & 127) << 7 * place
        if byte < 128:
            return length, place + 1
    return 1 << 28, 4


def _connect(action: Raw, body: bytes) -> Connect | None:
    try:
        _, rest = _string(body)
        flags, keep_alive, rest = rest[1], int.from_bytes(rest[2:4], "big"), rest[4:]
        client, rest = _string(rest)
        will = None
        if flags & 0x04:
            topic, rest = _string(rest)
            will = Will(topic, rest[2:], flags >> 3 & 3, bool(flags & 0x20))
    except (IndexError, UnicodeDecodeError):
        return None
    clean = bool(flags & 0x02)
    return Connect(action.at, action.device, keep_alive, clean, will, client_id=client)


def _subscribe(body: bytes) -> tuple[str, int] | None:
    try:
        topic_filter, rest = _string(body[2:])
        return topic_filter, rest[0]
    except (IndexError, UnicodeDecodeError):
        return None


def _publish(action: Raw, first: int, body: bytes) -> Message | None:
    qos = first >> 1 & 3
    try:
        topic, rest = _string(body)
    except (IndexError, UnicodeDecodeError):
        return None
    packet_id = int.from_bytes(rest[:2], "big") if qos else 0
    payload = rest[2:] if qos else rest
    return Message(action.device, action.at, topic, payload, qos, bool(first & 1), packet_id, hostile=True)


def _string(data: bytes) -> tuple[str, bytes]:
    length = int.from_bytes(data[:2], "big")
    if len(data) < 2 + length:
        raise IndexError(length)
    return data[2 : 2 + length].decode(), data[2 + length :]
