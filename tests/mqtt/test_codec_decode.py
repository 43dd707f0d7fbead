"""What a client receives: every packet, any split of the stream, any fault."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import (
    ConnAckPacket,
    Decoder,
    DisconnectPacket,
    MalformedPacketError,
    PingRespPacket,
    Properties,
    PubAckPacket,
    PubCompPacket,
    PublishPacket,
    PubRecPacket,
    PubRelPacket,
    ReasonCode,
    ServerPacket,
    SubAckPacket,
    UnsubAckPacket,
    accepted,
    encode,
)
from simulator.mqtt.codec.packet_type import PacketType
from simulator.mqtt.codec.properties import NO_PROPERTIES, encode_properties, read_properties
from simulator.mqtt.codec.reasons import CONNECT_RETURN_CODES, REASONS, SUBSCRIBE_RETURN_CODES
from simulator.mqtt.codec.wire import Reader, write_varint

V311, V5 = Protocol.MQTT_311, Protocol.MQTT_5
LIMIT = 4_096

protocols = st.sampled_from(Protocol)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
topics = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0+#"), min_size=1, max_size=40)
payloads = st.binary(max_size=300)
packet_ids = st.integers(1, 65_535)
uint16s, uint32s = st.integers(0, 65_535), st.integers(0, 2**32 - 1)

MESSAGE = {
    "payload_format_indicator": st.booleans(),
    "message_expiry_interval": uint32s,
    "content_type": texts,
    "response_topic": texts,
    "correlation_data": st.binary(max_size=20),
}
EVERYWHERE = {"user_properties": st.lists(st.tuples(texts, texts), max_size=3).map(tuple)}
ACKNOWLEDGEMENT = EVERYWHERE | {"reason_string": texts}
AUTHENTICATION = {"authentication_method": texts, "authentication_data": st.binary(max_size=20)}
CONNECTING = EVERYWHERE | {
    "session_expiry_interval": uint32s,
    "receive_maximum": st.integers(1, 65_535),
    "maximum_packet_size": st.integers(1, 2**32 - 1),
    "topic_alias_maximum": uint16s,
    **AUTHENTICATION,
}
varints = st.integers(1, 268_435_455)

# Sections 3.1.2.11 to 3.15.2.2 of MQTT 5.0.
PROPERTIES = {
    PacketType.WILL: EVERYWHERE | MESSAGE | {"will_delay_interval": uint32s},
    PacketType.CONNECT: CONNECTING
    | {"request_response_information": st.booleans(), "request_problem_information": st.booleans()},
    PacketType.CONNACK: CONNECTING
    | {
        "maximum_qos": st.integers(0, 1),
        "retain_available": st.booleans(),
        "assigned_client_identifier": texts,
        "reason_string": texts,
        "wildcard_subscription_available": st.booleans(),
        "subscription_identifier_available": st.booleans(),
        "shared_subscription_available": st.booleans(),
        "server_keep_alive": uint16s,
        "response_information": texts,
        "server_reference": texts,
    },
    PacketType.PUBLISH: EVERYWHERE
    | MESSAGE
    | {
        "topic_alias": st.integers(1, 65_535),
        "subscription_identifiers": st.lists(varints, max_size=3).map(tuple),
    },
    PacketType.PUBACK: ACKNOWLEDGEMENT,
    PacketType.PUBREC: ACKNOWLEDGEMENT,
    PacketType.PUBREL: ACKNOWLEDGEMENT,
    PacketType.PUBCOMP: ACKNOWLEDGEMENT,
    PacketType.SUBSCRIBE: EVERYWHERE | {"subscription_identifiers": st.tuples(varints)},
    PacketType.SUBACK: ACKNOWLEDGEMENT,
    PacketType.UNSUBSCRIBE: EVERYWHERE,
    PacketType.UNSUBACK: ACKNOWLEDGEMENT,
    PacketType.DISCONNECT: ACKNOWLEDGEMENT | {"session_expiry_interval": uint32s, "server_reference": texts},
    PacketType.AUTH: ACKNOWLEDGEMENT | AUTHENTICATION,
}


def properties_of(packet: PacketType, protocol: Protocol) -> st.SearchStrategy[Properties]:
    if protocol == V311:
        return st.just(NO_PROPERTIES)
    filled = st.fixed_dictionaries({}, optional=PROPERTIES[packet]).map(lambda given: Properties(**given))
    return st.just(NO_PROPERTIES) | filled


@st.composite
def publishes(draw: st.DrawFn, protocol: Protocol) -> PublishPacket:
    qos = draw(st.integers(0, 2))
    return PublishPacket(
        draw(topics),
        draw(payloads),
        qos,
        draw(st.booleans()),
        draw(packet_ids) if qos else 0,
        draw(st.booleans()) if qos else False,
        draw(properties_of(PacketType.PUBLISH, protocol)),
    )


@st.composite
def connacks(draw: st.DrawFn, protocol: Protocol) -> ConnAckPacket:
    codes = REASONS[PacketType.CONNACK] if protocol == V5 else CONNECT_RETURN_CODES
    reason = draw(st.sampled_from(sorted(codes.values())))
    session_present = draw(st.booleans()) and not reason.failed
    return ConnAckPacket(session_present, reason, draw(properties_of(PacketType.CONNACK, protocol)))


def outcomes(packet: PacketType, protocol: Protocol) -> st.SearchStrategy[ReasonCode]:
    return (
        st.sampled_from(sorted(REASONS[packet].values())) if protocol == V5 else st.just(ReasonCode.SUCCESS)
    )


def answers(packet: PacketType, protocol: Protocol) -> st.SearchStrategy[tuple[ReasonCode, ...]]:
    codes = REASONS[packet] if protocol == V5 else SUBSCRIBE_RETURN_CODES
    return st.lists(st.sampled_from(sorted(codes.values())), min_size=1, max_size=4).map(tuple)


ACKNOWLEDGEMENTS = {
    PacketType.PUBACK: PubAckPacket,
    PacketType.PUBREC: PubRecPacket,
    PacketType.PUBREL: PubRelPacket,
    PacketType.PUBCOMP: PubCompPacket,
}


def packets_of(protocol: Protocol) -> st.SearchStrategy[ServerPacket]:
    """Everything that a broker may send."""
    suback, unsuback, disconnect = PacketType.SUBACK, PacketType.UNSUBACK, PacketType.DISCONNECT
    kinds: list[st.SearchStrategy[ServerPacket]] = [
        publishes(protocol),
        connacks(protocol),
        st.just(PingRespPacket()),
        st.builds(PubAckPacket, packet_ids),
        st.builds(SubAckPacket, packet_ids, answers(suback, protocol), properties_of(suback, protocol)),
        *(
            st.builds(make, packet_ids, outcomes(kind, protocol), properties_of(kind, protocol))
            for kind, make in ACKNOWLEDGEMENTS.items()
        ),
    ]
    if protocol == V5:
        kinds += [
            st.builds(UnsubAckPacket, packet_ids, answers(unsuback, V5), properties_of(unsuback, V5)),
            st.builds(DisconnectPacket, outcomes(disconnect, V5), properties_of(disconnect, V5)),
        ]
    else:
        kinds.append(st.builds(UnsubAckPacket, packet_ids))
    return st.one_of(kinds)


def wire_of(packet: ServerPacket, protocol: Protocol) -> bytes:
    """The packet as a broker writes it, including those that a client never does."""
    match packet:
        case ConnAckPacket():
            code = int(packet.reason)
            if protocol == V311:
                code = {reason: code for code, reason in CONNECT_RETURN_CODES.items()}[packet.reason]
            kind, body = PacketType.CONNACK, bytes((packet.session_present, code))
            body += encode_properties(packet.properties, kind, protocol)
        case SubAckPacket() | UnsubAckPacket():
            kind = PacketType.SUBACK if isinstance(packet, SubAckPacket) else PacketType.UNSUBACK
            body = packet.packet_id.to_bytes(2, "big")
            body += encode_properties(packet.properties, kind, protocol) + bytes(packet.reasons)
        case PingRespPacket():
            kind, body = PacketType.PINGRESP, b""
        case _:
            return encode(packet, protocol)
    return bytes((kind << 4,)) + write_varint(len(body)) + body


def read(
    protocol: Protocol, pieces: list[bytes], limit: int = LIMIT
) -> tuple[list[ServerPacket], str | None]:
    """All packets in the pieces, and the fault that ended them, if one did."""
    decoder, packets = Decoder(protocol, limit), []
    for piece in pieces:
        try:
            packets += decoder.feed(piece)
        except MalformedPacketError as fault:
            return packets + list(fault.packets), f"{fault.reason.name}: {fault}"
    return packets, None


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:stop] for start, stop in pairwise(bounds)]


cuts = st.lists(st.integers(0, 10_000), max_size=12)


@settings(deadline=None)
@given(st.data(), protocols)
def test_every_packet_comes_back_as_it_was(data: st.DataObject, protocol: Protocol) -> None:
    packet = data.draw(packets_of(protocol))
    assert Decoder(protocol, 100_000).feed(wire_of(packet, protocol)) == [packet]


@settings(deadline=None)
@given(st.data(), protocols, cuts)
def test_any_split_of_the_stream_gives_the_same_packets(
    data: st.DataObject, protocol: Protocol, places: list[int]
) -> None:
    packets = data.draw(st.lists(packets_of(protocol), max_size=6))
    stream = b"".join(wire_of(packet, protocol) for packet in packets)
    assert read(protocol, cut(stream, places), 100_000) == (packets, None)
    assert read(protocol, [bytes((byte,)) for byte in stream], 100_000) == (packets, None)


@settings(deadline=None)
@given(st.data(), protocols, cuts)
def test_a_damaged_stream_fails_alike_however_it_is_split(
    data: st.DataObject, protocol: Protocol, places: list[int]
) -> None:
    stream = bytearray(b"".join(wire_of(data.draw(packets_of(protocol)), protocol) for _ in range(3)))
    for _ in range(data.draw(st.integers(1, 3))):
        stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    whole = read(protocol, [bytes(stream)])
    assert read(protocol, cut(bytes(stream), places)) == whole
    assert read(protocol, [bytes((byte,)) for byte in stream]) == whole


@settings(deadline=None)
@given(protocols, st.integers(0, 15), st.binary(max_size=60))
def test_junk_is_packets_or_malformed_and_nothing_else(protocol: Protocol, kind: int, junk: bytes) -> None:
    flags = 2 if kind == PacketType.PUBREL else 0
    read(protocol, [junk])
    read(protocol, [bytes((kind << 4 | flags, len(junk))) + junk])


@given(st.lists(st.integers(1, 65_535), max_size=30))
def test_a_run_of_short_pubacks_is_read_at_once(packet_ids: list[int]) -> None:
    stream = b"".join(b"\x40\x02" + packet_id.to_bytes(2, "big") for packet_id in packet_ids)
    assert accepted(stream) == packet_ids


@given(st.lists(st.sampled_from([b"\x40", b"\x02", b"\x00", b"\x01", b"\x03\x00"]), max_size=12))
def test_whatever_is_read_at_once_is_what_a_decoder_reads(pieces: list[bytes]) -> None:
    stream = b"".join(pieces)
    packets, fault = read(Protocol.MQTT_5, [stream])
    if read_at_once := accepted(stream):
        assert (list(map(PubAckPacket, read_at_once)), None) == (packets, fault)


@settings(deadline=None)
@given(st.sampled_from(sorted(PROPERTIES)), st.binary(max_size=60))
def test_junk_is_properties_or_malformed_and_nothing_else(packet: PacketType, junk: bytes) -> None:
    try:
        properties = read_properties(Reader(write_varint(len(junk)) + junk), packet)
    except MalformedPacketError:
        return
    wire = encode_properties(properties, packet, V5)
    assert read_properties(Reader(wire), packet) == properties
    assert len(wire) == 1 + len(junk)


@settings(deadline=None)
@given(st.data(), st.sampled_from(sorted(PROPERTIES)))
def test_properties_come_back_as_they_were(data: st.DataObject, packet: PacketType) -> None:
    properties = data.draw(properties_of(packet, V5))
    reader = Reader(encode_properties(properties, packet, V5) + b"tail")
    assert read_properties(reader, packet) == properties
    assert reader.rest() == b"tail"


@settings(deadline=None)
@given(st.data(), st.sampled_from(sorted(PROPERTIES)), st.sampled_from(Properties.__struct_fields__))
def test_a_property_stands_only_where_the_specification_puts_it(
    data: st.DataObject, packet: PacketType, name: str
) -> None:
    homes = [kind for kind, names in PROPERTIES.items() if name in names]
    home = packet if packet in homes else homes[0]
    value = data.draw(PROPERTIES[home][name])
    assume(value != ())
    wire = encode_properties(Properties(**{name: value}), home, V5)
    if packet == home:
        assert read_properties(Reader(wire), packet) == Properties(**{name: value})
    else:
        with pytest.raises(MalformedPacketError, match=f"{name} does not belong"):
            read_properties(Reader(wire), packet)


@pytest.mark.parametrize(
    ("protocol", "wire", "packet"),
    [
        (V311, "20 02 01 00", ConnAckPacket(True)),
        (V311, "20 02 00 05", ConnAckPacket(False, ReasonCode.NOT_AUTHORIZED)),
        (
            V5,
            "20 09 00 00 06 21 0014 22 000a",
            ConnAckPacket(False, properties=Properties(receive_maximum=20, topic_alias_maximum=10)),
        ),
        # A broker that knows only 3.1.1 answers a client that asks for 5 in its own way.
        (V5, "20 02 00 01", ConnAckPacket(False, ReasonCode.UNSUPPORTED_PROTOCOL_VERSION)),
        (V311, "3d 08 0003 612f62 000a 21", PublishPacket("a/b", b"!", 2, True, 10, True)),
        (V5, "30 07 0000 03 23 0009 21", PublishPacket("", b"!", properties=Properties(topic_alias=9))),
        (V311, "30 07 0005 41 f0aa9b94", PublishPacket("A\U0002a6d4", b"")),
        (V311, "40 82 00 1234", PubAckPacket(0x1234)),
        (V5, "40 03 1234 10", PubAckPacket(0x1234, ReasonCode.NO_MATCHING_SUBSCRIBERS)),
        (V5, "40 04 1234 10 00", PubAckPacket(0x1234, ReasonCode.NO_MATCHING_SUBSCRIBERS)),
        (V5, "50 03 1234 97", PubRecPacket(0x1234, ReasonCode.QUOTA_EXCEEDED)),
        (V311, "62 02 1234", PubRelPacket(0x1234)),
        (V311, "70 02 1234", PubCompPacket(0x1234)),
        (
            V311,
            "90 05 000a 00 02 80",
            SubAckPacket(
                10, (ReasonCode.GRANTED_QOS_0, ReasonCode.GRANTED_QOS_2, ReasonCode.UNSPECIFIED_ERROR)
            ),
        ),
        (V311, "b0 02 000a", UnsubAckPacket(10)),
        (V5, "b0 04 000a 00 11", UnsubAckPacket(10, (ReasonCode.NO_SUBSCRIPTION_EXISTED,))),
        (V311, "d0 00", PingRespPacket()),
        (V5, "e0 00", DisconnectPacket()),
        (V5, "e0 01 8b", DisconnectPacket(ReasonCode.SERVER_SHUTTING_DOWN)),
    ],
)
def test_packets_are_read_as_specified(protocol: Protocol, wire: str, packet: ServerPacket) -> None:
    assert Decoder(protocol, LIMIT).feed(bytes.fromhex(wire)) == [packet]


@pytest.mark.parametrize("protocol", Protocol)
def test_only_packets_for_a_client_may_begin(protocol: Protocol) -> None:
    begin = bytes.fromhex("20 30 31 32 33 34 35 3a 3b 3c 3d 40 50 62 70 90 b0 d0")
    begin += b"\xe0" if protocol == V5 else b""
    accepted = [first for first in range(256) if read(protocol, [bytes((first,))]) == ([], None)]
    assert bytes(accepted) == begin


@pytest.mark.parametrize(
    ("protocol", "wire", "reason", "complaint"),
    [
        (V311, "00", "MALFORMED_PACKET", "type 0 is reserved"),
        (V311, "f0", "MALFORMED_PACKET", "type 15 is reserved"),
        (V5, "f0", "PROTOCOL_ERROR", "extended authentication"),
        (V5, "f1", "MALFORMED_PACKET", "flags"),
        (V311, "e0", "PROTOCOL_ERROR", "must not receive"),
        (V5, "c0", "PROTOCOL_ERROR", "must not receive"),
        (V5, "82", "PROTOCOL_ERROR", "must not receive"),
        (V5, "80", "MALFORMED_PACKET", "flags are 0x0"),
        (V311, "36", "MALFORMED_PACKET", "QoS 3"),
        (V311, "38", "MALFORMED_PACKET", "DUP is set at QoS 0"),
        (V311, "41", "MALFORMED_PACKET", "PUBACK.*flags are 0x1"),
        (V311, "60", "MALFORMED_PACKET", "PUBREL.*flags are 0x0"),
        (V311, "30 ffffffff", "MALFORMED_PACKET", "more than four bytes"),
        (V5, "d0 80 00", "MALFORMED_PACKET", "longer than it needs"),
        (V311, "30 e11f", "PACKET_TOO_LARGE", "4068 bytes, and at most 4067"),
        (V311, "30 ffffff7f", "PACKET_TOO_LARGE", "268435460 bytes"),
        (V311, "d0 01 00", "MALFORMED_PACKET", "PINGRESP.*body"),
        (V311, "20 00", "MALFORMED_PACKET", "inside a field"),
        (V311, "20 03 00 00 00", "MALFORMED_PACKET", "left over"),
        (V311, "20 02 02 00", "MALFORMED_PACKET", "flags are 0x2"),
        (V311, "20 02 00 06", "PROTOCOL_ERROR", "reason code 0x06"),
        (V311, "20 02 01 05", "PROTOCOL_ERROR", "refuses the connection and yet"),
        (V5, "20 02 00 00", "MALFORMED_PACKET", "inside a field"),
        (V5, "20 03 00 8e 00", "PROTOCOL_ERROR", "reason code 0x8e"),
        (V5, "20 06 00 00 03 21 0000", "PROTOCOL_ERROR", "receive_maximum must not be 0"),
        (V5, "20 09 00 00 06 21 0001 21 0001", "PROTOCOL_ERROR", "receive_maximum stands there twice"),
        (V5, "20 05 00 00 02 24 02", "PROTOCOL_ERROR", "maximum_qos must not be 2"),
        (V5, "20 05 00 00 02 25 02", "PROTOCOL_ERROR", "0 or 1 is 2"),
        (V5, "20 05 00 00 02 7f 00", "MALFORMED_PACKET", "property 0x7f does not belong"),
        (V5, "20 05 00 00 02 01 00", "MALFORMED_PACKET", "payload_format_indicator does not belong"),
        (V5, "20 05 00 00 03 21 0001", "MALFORMED_PACKET", "inside a field"),
        (V5, "20 05 00 00 02 21 00", "MALFORMED_PACKET", "inside a field"),
        (V5, "20 07 00 00 80808080 00", "MALFORMED_PACKET", "longer than four bytes"),
        (V5, "20 04 00 00 8000", "MALFORMED_PACKET", "longer than it needs"),
        (V311, "30 01 00", "MALFORMED_PACKET", "before its payload"),
        (V311, "30 03 0002 61", "MALFORMED_PACKET", "before its payload"),
        (V311, "32 04 0001 61 00", "MALFORMED_PACKET", "before its payload"),
        (V5, "30 03 0001 61", "MALFORMED_PACKET", "before its payload"),
        (V311, "30 02 0000", "PROTOCOL_ERROR", "topic is empty"),
        (V5, "30 03 0000 00", "PROTOCOL_ERROR", "topic is empty"),
        (V311, "30 03 0001 ff", "MALFORMED_PACKET", "not UTF-8"),
        (V311, "30 05 0003 eda080", "MALFORMED_PACKET", "not UTF-8"),
        (V311, "30 03 0001 00", "MALFORMED_PACKET", r"U\+0000"),
        (V311, "30 03 0001 23", "MALFORMED_PACKET", "wildcard"),
        (V311, "32 05 0001 61 0000", "PROTOCOL_ERROR", "packet id 0"),
        (V311, "40 02 0000", "PROTOCOL_ERROR", "packet id 0"),
        (V311, "40 03 0001 00", "MALFORMED_PACKET", "left over"),
        (V5, "40 03 0001 92", "PROTOCOL_ERROR", "reason code 0x92"),
        (V5, "40 05 0001 00 00 00", "MALFORMED_PACKET", "left over"),
        (V311, "90 02 0001", "PROTOCOL_ERROR", "grants nothing"),
        (V311, "90 03 0001 03", "PROTOCOL_ERROR", "reason code 0x03"),
        (V311, "b0 03 0001 00", "MALFORMED_PACKET", "left over"),
        (V5, "b0 03 0001 00", "PROTOCOL_ERROR", "answers nothing"),
    ],
)
def test_faults_are_named(protocol: Protocol, wire: str, reason: str, complaint: str) -> None:
    with pytest.raises(MalformedPacketError, match=complaint) as caught:
        Decoder(protocol, 4_067).feed(bytes.fromhex(wire))
    assert caught.value.reason is ReasonCode[reason]


def test_packets_before_a_fault_are_handed_over_once() -> None:
    decoder = Decoder(V311, LIMIT)
    with pytest.raises(MalformedPacketError) as caught:
        decoder.feed(bytes.fromhex("4002 0001 4002 0002 00"))
    assert caught.value.packets == (PubAckPacket(1), PubAckPacket(2))
    with pytest.raises(MalformedPacketError, match="reserved") as caught:
        decoder.feed(bytes.fromhex("4002 0003"))
    assert caught.value.packets == ()


def test_a_packet_of_the_largest_size_is_accepted_and_no_larger_one_is_kept() -> None:
    packet = PublishPacket("t", bytes(1_000))
    wire = encode(packet, V311)
    assert Decoder(V311, len(wire)).feed(wire) == [packet]
    with pytest.raises(MalformedPacketError) as caught:
        Decoder(V311, len(wire) - 1).feed(wire[:3])
    assert caught.value.reason is ReasonCode.PACKET_TOO_LARGE


def test_a_large_packet_arrives_in_small_pieces() -> None:
    """A decoder that copied all it holds for every piece would be at it for a minute and more."""
    packet = PublishPacket("t", bytes(8_000_000))
    wire = encode(packet, V311)
    pieces = [wire[start : start + 16] for start in range(0, len(wire), 16)]
    assert read(V311, pieces, 10_000_000) == ([packet], None)


def test_many_user_properties_are_read_in_one_pass() -> None:
    properties = Properties(user_properties=(("", ""),) * 100_000)
    packet = PublishPacket("t", b"", properties=properties)
    assert Decoder(V5, 1_000_000).feed(encode(packet, V5)) == [packet]
