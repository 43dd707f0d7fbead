"""What a client sends, against the examples of the specifications and their rules."""

from __future__ import annotations

import pytest

from simulator.core.actions import Will
from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import (
    ClientPacket,
    ConnectPacket,
    DisconnectPacket,
    PingReqPacket,
    Properties,
    PubAckPacket,
    PubCompPacket,
    PublishPacket,
    PublishTemplate,
    PubRecPacket,
    PubRelPacket,
    ReasonCode,
    RetainHandling,
    SubscribePacket,
    Subscription,
    UnsendablePacketError,
    UnsubscribePacket,
    encode,
)

V311, V5 = Protocol.MQTT_311, Protocol.MQTT_5
WILL = Will("w", b"gone", qos=1)
FULL_CONNECT = ConnectPacket("c", 10, True, WILL, "user", b"pass")


@pytest.mark.parametrize(
    ("protocol", "packet", "wire"),
    [
        # MQTT 3.1.1 figure 3.6 and MQTT 5.0 figure 3-6: protocol name, level, flags 0xCE, keep alive 10.
        (
            V311,
            FULL_CONNECT,
            "10 22 0004 4d515454 04 ce 000a 0001 63 0001 77 0004 676f6e65 0004 75736572 0004 70617373",
        ),
        (
            V5,
            ConnectPacket("c", 10, True, WILL, "user", b"pass", Properties(session_expiry_interval=10)),
            (
                "10 29 0004 4d515454 05 ce 000a 05 110000000a"
                "0001 63 00 0001 77 0004 676f6e65 0004 75736572 0004 70617373"
            ),
        ),
        (V311, ConnectPacket("", 0), "10 0c 0004 4d515454 04 02 0000 0000"),
        # 3.1.1 figure 3.11 and 5.0 figure 3-9: topic a/b, packet id 10.
        (V311, PublishPacket("a/b", b"", 1, False, 10), "32 07 0003 612f62 000a"),
        (V5, PublishPacket("a/b", b"", 1, False, 10), "32 08 0003 612f62 000a 00"),
        (V311, PublishPacket("a/b", b"!", 2, True, 10, True), "3d 08 0003 612f62 000a 21"),
        (V5, PublishPacket("", b"!", properties=Properties(topic_alias=9)), "30 07 0000 03 230009 21"),
        # 3.1.1 figure 3.23 and 5.0 figure 3-22: a/b at QoS 1, c/d at QoS 2.
        (
            V311,
            SubscribePacket(10, (Subscription("a/b", 1), Subscription("c/d", 2))),
            "82 0e 000a 0003 612f62 01 0003 632f64 02",
        ),
        (
            V5,
            SubscribePacket(10, (Subscription("a/b", 1), Subscription("c/d", 2))),
            "82 0f 000a 00 0003 612f62 01 0003 632f64 02",
        ),
        (
            V5,
            SubscribePacket(
                10,
                (Subscription("#", 0, True, True, RetainHandling.DO_NOT_SEND),),
                Properties(subscription_identifiers=(268_435_455,)),
            ),
            "82 0c 000a 05 0bffffff7f 0001 23 2c",
        ),
        # 3.1.1 figure 3.28 and 5.0 figure 3-30.
        (V311, UnsubscribePacket(10, ("a/b", "c/d")), "a2 0c 000a 0003 612f62 0003 632f64"),
        (V5, UnsubscribePacket(10, ("a/b", "c/d")), "a2 0d 000a 00 0003 612f62 0003 632f64"),
        (V311, PubAckPacket(0x1234), "40 02 1234"),
        (V311, PubRecPacket(0x1234), "50 02 1234"),
        (V311, PubRelPacket(0x1234), "62 02 1234"),
        (V311, PubCompPacket(0x1234), "70 02 1234"),
        (V5, PubAckPacket(1, ReasonCode.QUOTA_EXCEEDED), "40 03 0001 97"),
        (V5, PubAckPacket(1, properties=Properties(reason_string="x")), "40 08 0001 00 04 1f000178"),
        (V5, PubRelPacket(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND), "62 03 0001 92"),
        (V311, PingReqPacket(), "c0 00"),
        (V311, DisconnectPacket(), "e0 00"),
        (V5, DisconnectPacket(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE), "e0 01 04"),
        (V5, DisconnectPacket(properties=Properties(session_expiry_interval=1)), "e0 07 00 05 1100000001"),
    ],
)
def test_packets_are_written_as_specified(protocol: Protocol, packet: ClientPacket, wire: str) -> None:
    assert encode(packet, protocol).hex() == wire.replace(" ", "")


@pytest.mark.parametrize(
    ("remaining", "wire"),
    [
        (127, "7f"),
        (128, "8001"),
        (16_383, "ff7f"),
        (16_384, "808001"),
        (2_097_151, "ffff7f"),
        (2_097_152, "80808001"),
    ],
)
def test_remaining_length_takes_as_few_bytes_as_it_can(remaining: int, wire: str) -> None:
    """Table 2.4 of MQTT 3.1.1, at the edges of one to four bytes; the third frame comes from what is kept."""
    template = PublishTemplate("t")
    for _ in range(3):
        frame = template.frame(bytes(remaining - 3))
        assert frame.startswith(bytes.fromhex("30" + wire + "000174"))
        assert len(frame) == 1 + len(wire) // 2 + remaining


def test_a_payload_over_the_limit_of_mqtt_is_refused() -> None:
    class Endless(bytes):
        def __len__(self) -> int:
            return 268_435_456

    with pytest.raises(UnsendablePacketError, match="268435455"):
        PublishTemplate("t").frame(Endless())


def test_text_is_utf_8_with_its_length_in_bytes() -> None:
    """The example of section 1.5.3 in MQTT 3.1.1: A and U+2A6D4."""
    assert encode(UnsubscribePacket(1, ("A\U0002a6d4",)), V311)[4:].hex() == "000541f0aa9b94"


def test_a_template_repeats_all_but_payload_packet_id_and_dup() -> None:
    template = PublishTemplate(
        "a/b", qos=1, retain=True, protocol=V5, properties=Properties(content_type="x")
    )
    assert template.qos == 1
    assert (
        template.frame(b"one", 1).hex()
        == "33 0f 0003 612f62 0001 04 03000178".replace(" ", "") + b"one".hex()
    )
    assert template.frame(b"two", 2, dup=True)[:1] == b"\x3b"
    assert template.frame(b"two", 2, dup=True)[1:] == template.frame(b"two", 2)[1:]


@pytest.mark.parametrize(
    ("protocol", "packet", "complaint"),
    [
        (V311, ConnectPacket("c" * 65_536, 1), "too long"),
        (V311, ConnectPacket("c\0", 1), r"U\+0000"),
        (V311, ConnectPacket("\ud800", 1), "surrogate"),
        (V311, ConnectPacket("c", 65_536), "does not fit"),
        (V311, ConnectPacket("c", -1), "does not fit"),
        (V311, ConnectPacket("", 1, clean=False), "client id"),
        (V311, ConnectPacket("c", 1, password=b"p"), "password"),
        (V311, ConnectPacket("c", 1, properties=Properties(receive_maximum=1)), "MQTT 5"),
        (V311, ConnectPacket("c", 1, will=Will("w/#", b"")), "wildcard"),
        (V311, ConnectPacket("c", 1, will=Will("w", b"", qos=3)), "QoS 3"),
        (V5, ConnectPacket("c", 1, will_properties=Properties(will_delay_interval=1)), "without a will"),
        (V5, ConnectPacket("c", 1, properties=Properties(receive_maximum=0)), "must not be 0"),
        (V5, ConnectPacket("c", 1, properties=Properties(receive_maximum=65_536)), "does not fit"),
        (V5, ConnectPacket("c", 1, properties=Properties(topic_alias=1)), "takes no property topic_alias"),
        (V311, PublishPacket("", b""), "empty"),
        (V5, PublishPacket("", b""), "empty"),
        (V311, PublishPacket("a/+", b""), "wildcard"),
        (V311, PublishPacket("a", b"", 3, False, 1), "QoS 3"),
        (V311, PublishPacket("a", b"", 1), "packet id 0"),
        (V311, PublishPacket("a", b"", 1, False, 65_536), "packet id 65536"),
        (V311, PublishPacket("a", b"", 0, False, 1), "neither"),
        (V311, PublishPacket("a", b"", dup=True), "neither"),
        (V311, PublishPacket("a", b"", properties=Properties(topic_alias=1)), "MQTT 5"),
        (V311, PubAckPacket(0), "packet id 0"),
        (V311, PubAckPacket(1, ReasonCode.NOT_AUTHORIZED), "MQTT 5"),
        (V5, PubAckPacket(1, ReasonCode.SESSION_TAKEN_OVER), "SESSION_TAKEN_OVER"),
        (V311, SubscribePacket(1, ()), "without"),
        (V311, SubscribePacket(1, (Subscription(""),)), "empty"),
        (V311, SubscribePacket(1, (Subscription("a/#/b"),)), "last level"),
        (V311, SubscribePacket(1, (Subscription("a#"),)), "last level"),
        (V311, SubscribePacket(1, (Subscription("a+/b"),)), "its level"),
        (V311, SubscribePacket(1, (Subscription("a", 3),)), "QoS 3"),
        (V311, SubscribePacket(1, (Subscription("a", no_local=True),)), "MQTT 5"),
        (V5, SubscribePacket(1, (Subscription("$share/g/a", no_local=True),)), "shared"),
        (
            V5,
            SubscribePacket(1, (Subscription("a"),), Properties(subscription_identifiers=(1, 2))),
            "one of subscription_identifiers",
        ),
        (V311, UnsubscribePacket(1, ()), "without"),
        (V311, UnsubscribePacket(0, ("a",)), "packet id 0"),
        (V311, DisconnectPacket(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE), "MQTT 5"),
    ],
)
def test_packets_that_break_a_rule_are_not_written(
    protocol: Protocol, packet: ClientPacket, complaint: str
) -> None:
    with pytest.raises(UnsendablePacketError, match=complaint):
        encode(packet, protocol)


def test_a_password_is_not_printed() -> None:
    assert "pass" not in repr(FULL_CONNECT)
    assert "user" not in repr(FULL_CONNECT)
