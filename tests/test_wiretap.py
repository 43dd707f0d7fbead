"""The wire of the tests tells what passed, however the network has cut it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from wiretap import Hello, packets

from simulator.attacks import frames
from simulator.core.actions import Will
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import ConnectPacket, PublishPacket, SubscribePacket, Subscription, encode
from simulator.mqtt.codec.packet_type import PacketType

topics = st.text(st.characters(categories=("L", "N"), include_characters="/"), min_size=1, max_size=300)
sent = st.lists(
    st.builds(PublishPacket, topics, st.binary(max_size=300), st.just(1), st.booleans(), st.integers(1, 99))
    | st.builds(
        SubscribePacket, st.integers(1, 99), st.tuples(st.builds(Subscription, topics, st.integers(0, 2)))
    ),
    min_size=1,
    max_size=8,
)


@given(sent, st.sampled_from(Protocol), st.data())
def test_packets_are_found_however_they_are_cut(
    those: list[PublishPacket | SubscribePacket], protocol: Protocol, data: st.DataObject
) -> None:
    stream = b"".join(encode(packet, protocol) for packet in those)
    cuts = [0, *sorted(data.draw(st.sets(st.integers(1, len(stream)), max_size=20))), len(stream)]
    chunks = [(float(number), stream[start:stop]) for number, (start, stop) in enumerate(pairwise(cuts))]
    found = list(packets(chunks, protocol))
    assert sum(packet.size for packet in found) == len(stream)
    for packet, of in zip(found, those, strict=True):
        if isinstance(of, PublishPacket):
            assert packet.type is PacketType.PUBLISH
            assert (packet.topic, packet.payload) == (of.topic, of.payload)
            assert (packet.qos, packet.retain) == (of.qos, of.retain)
        else:
            assert packet.type is PacketType.SUBSCRIBE
            assert packet.filters == [of.subscriptions[0].topic_filter]


@given(st.sampled_from(Protocol), topics, st.integers(0, 65_535), st.booleans(), st.none() | topics)
def test_a_connect_is_read_out(
    protocol: Protocol, client_id: str, keep_alive: int, clean: bool, user: str | None
) -> None:
    will = Will("a/b", b"gone")
    connect = ConnectPacket(client_id, keep_alive, clean, will, user, b"secret" if user else None)
    (packet,) = packets([(0.0, encode(connect, protocol))])
    assert Hello.of(packet) == Hello(protocol, clean, keep_alive, client_id, "a/b", user)


@given(st.binary(max_size=40))
def test_what_is_no_packet_is_told_as_such_and_nothing_is_lost(rest: bytes) -> None:
    whole = frames.publish("a", b"x", 0, 0, modern=False)
    found = list(packets([(0.0, whole + b"\x30\xff\xff\xff\xff" + rest)]))
    assert [packet.type for packet in found] == [PacketType.PUBLISH, None]
    assert found[1].size == 5 + len(rest)
