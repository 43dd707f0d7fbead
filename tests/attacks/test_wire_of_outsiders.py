"""The shape of attacks by outsiders, as a wire between them and a real Mosquitto saw it.

What is measured is compared with captures: the first megabyte of each of MQTTset (Vaccari and others, 2020).
Counts, sizes, packets and their order, never seconds: those are the machine's. How many there are a second
follows from their count and for how long the scenario had them go on.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from paho.mqtt.client import topic_matches_sub
from wiretap import Line, Packet, Way
from witnessed import DOS_CLIENTS, DOS_RATE, FLOOD_RATE, SLOW_CLIENTS, SLOW_RATE, Onslaught, Siege, id_in

from simulator.attacks.frames import text
from simulator.attacks.mutations import ODD_TOPICS
from simulator.core.actions import Command, Connect, Dial
from simulator.core.campaigns import Role
from simulator.core.credentials import WITNESS
from simulator.mqtt.codec.packet_type import PacketType

TWO_HOURS = 7_200.0

CONNECT, PUBLISH, SUBSCRIBE = PacketType.CONNECT, PacketType.PUBLISH, PacketType.SUBSCRIBE
PUBACK, DISCONNECT = PacketType.PUBACK, PacketType.DISCONNECT
READING = {CONNECT, SUBSCRIBE, PUBACK, DISCONNECT}
"""What somebody sends who publishes nothing."""


def types(packets: list[Packet]) -> list[PacketType | None]:
    return [packet.type for packet in packets]


def honest_lines(of: Onslaught) -> list[Line]:
    """The connections of devices that take part in no attack of the load."""
    involved = {member.device for row in of.fray.campaigns for member in row.members}
    involved |= {victim for row in of.fray.campaigns for victim in row.victims}
    return [line for device, lines in of.fray.lines_of.items() if device not in involved for line in lines]


def planned(of: Onslaught, action: type[Connect | Dial]) -> int:
    return sum(isinstance(each, action) and each.device in of.members for each, _ in of.fray.stream.steps)


def enough(found: int, planned: int) -> bool:
    """Whether there is what was planned; a busy machine leaves out what the next of its kind overtakes."""
    return planned / 4 <= found <= planned


def the_only(of: Onslaught) -> Line:
    """The one connection of its one member."""
    (line,) = of.lines
    return line


def test_nothing_on_the_wire_names_an_attack(siege: Siege) -> None:
    """But for the text of odd topics, which is the abuse itself."""
    for fray in siege.frays:
        names = {name.encode() for row in fray.campaigns for name in (row.campaign, row.kind)}
        sent = b"".join(data for line in fray.lines for _, way, data in line.chunks if way is Way.UP)
        assert not [name for name in names if name in sent]


class TestCredentialBruteForce:
    """The capture has 1,271 attempts, 0.66/s, all refused, each over a connection of its own."""

    def test_each_attempt_is_a_connection_that_begins_with_connect(self, siege: Siege) -> None:
        of = siege["credential_brute_force"]
        attempts = planned(of, Connect)
        assert attempts == 20  # at 7/s for three seconds; the right password is at place 20
        assert enough(len(of.lines), attempts)
        assert all(types(line.up)[:1] in ([], [CONNECT]) for line in of.lines)
        assert {line.source.split(":")[0] for line in of.lines} == {"127.0.0.1"}

    def test_those_that_are_refused_say_nothing_else(self, well: Siege) -> None:
        lines = sorted(well["credential_brute_force"].lines, key=lambda line: line.opened)
        assert all(types(line.up) == [CONNECT] for line in lines[:-1] if line.up)
        assert {answer.code for line in lines[:-1] for answer in line.down} == {5}  # not authorized
        assert lines[-1].given(PacketType.CONNACK)[0].code == 0

    @pytest.mark.parametrize("many", ["client_id", "user", "address"])
    def test_one_key_varies_and_the_others_stay(self, many: str, siege: Siege) -> None:
        (of,) = (
            each
            for each in siege.all_of("credential_brute_force")
            if each.row.facts is not None and each.row.facts["vary"] == many
        )
        # Without the last, which may be right and then shows what its victim has.
        guesses = sorted((line for line in of.lines if line.hello), key=lambda line: line.opened)[:-1]
        hellos = [line.hello for line in guesses if line.hello]
        keys = {
            "client_id": {hello.client_id for hello in hellos},
            "user": {hello.username for hello in hellos},
            "address": {line.source.split(":")[0] for line in guesses},
        }
        assert {name for name, values in keys.items() if len(values) > 1} == {many}


class TestSlowDos:
    """The capture, SlowITe: 1,024 connections in 0.7 s from one address, keep alive 65,535, no PUBLISH."""

    def test_connections_from_one_address_with_unique_ids_and_the_longest_keep_alive(
        self, siege: Siege
    ) -> None:
        of = siege["slow_dos"]
        opening = of.row.phases[0]
        assert SLOW_CLIENTS / (opening.until - opening.at) == pytest.approx(SLOW_RATE)
        assert len(of.lines) == SLOW_CLIENTS
        hellos = [line.hello for line in of.lines if line.hello]
        assert len({hello.client_id for hello in hellos}) == SLOW_CLIENTS
        assert {hello.keep_alive for hello in hellos} == {65_535}
        assert len({line.source.split(":")[0] for line in of.lines}) == 1

    def test_there_is_a_connect_and_then_silence_to_the_end(self, badly: Siege) -> None:
        of = badly["slow_dos"]
        assert all(types(line.up) == [CONNECT] for line in of.lines)
        assert all(line.ends[0][0] is Way.UP for line in of.lines)
        last_hello = max(packet.at for packet in of.packets)
        assert all(line.opened < last_hello for line in of.lines)

    def test_a_connect_is_as_long_as_a_devices(self, badly: Siege) -> None:
        """The 32 bytes of the capture would tell them from devices, which have a will."""
        of = badly["slow_dos"]
        usual = {line.up[0].size for line in honest_lines(of)}
        assert {line.up[0].size for line in of.lines} <= usual


class TestPublishFlood:
    """Captures: 15 connections, 1,602 PUBLISH/s, QoS 1, payloads of 81 to 116 B; one with 2,469/s."""

    def test_many_clients_have_the_rate_of_the_capture(self, siege: Siege) -> None:
        of = siege.all_of("publish_flood")[0]
        each = [len(of.published(line)) for line in of.lines]
        assert len(each) == DOS_CLIENTS
        assert sum(each) == pytest.approx(DOS_RATE * (of.row.until - of.row.at), rel=0.02)
        assert max(each) - min(each) <= 2
        assert {packet.qos for packet in of.packets if packet.type is PUBLISH} == {1}

    def test_one_client_has_the_rate_of_the_capture_and_its_packets_leave_several_at_once(
        self, siege: Siege
    ) -> None:
        of = siege.all_of("publish_flood")[1]
        line = the_only(of)
        sent = of.published(line)
        assert len(sent) == pytest.approx(FLOOD_RATE * (of.row.until - of.row.at), rel=0.02)
        assert sum(way is Way.UP for _, way, _ in line.chunks) < len(sent) / 3
        assert len({packet.topic.rpartition("/")[0] for packet in sent}) == 1  # of one device

    def test_its_mix_is_publish_and_hardly_anything_else(self, siege: Siege) -> None:
        for of in siege.all_of("publish_flood"):
            mix = Counter(types(of.packets))
            assert mix[PUBLISH] > 0.95 * mix.total()
            assert {*mix} <= {CONNECT, SUBSCRIBE, PUBLISH, PUBACK, DISCONNECT}

    def test_payloads_are_as_long_as_those_of_devices(self, siege: Siege) -> None:
        """Which is more than in the capture, since those of the fleet are."""
        quiet = siege["sybil"].fray
        honest = {row.id for row in quiet.messages if row.attack is None}
        usual = [len(message.payload) for message in quiet.heard if id_in(message.payload) in honest]
        for of in siege.all_of("publish_flood"):
            sizes = [len(packet.payload) for line in of.lines for packet in of.published(line)]
            assert min(usual) - 10 <= min(sizes) <= max(sizes) <= max(usual) + 10

    def test_a_client_sends_a_hundred_times_what_a_device_does(self, siege: Siege) -> None:
        """In the captures: 107 a second and 2,469, beside 1.2; a device of the fleet is quieter still."""
        lines = honest_lines(siege["sybil"])
        quiet = sum(len(line.sent(PUBLISH)) for line in lines) / len(lines) / TWO_HOURS
        for of in siege.all_of("publish_flood"):
            busy = len(of.ids) / len(of.members) / (of.row.until - of.row.at)
            assert busy > 100 * quiet


def test_enumeration_reads_what_there_may_be_and_writes_nothing(siege: Siege) -> None:
    of = siege["topic_enumeration"]
    line = the_only(of)
    filters = [name for packet in line.sent(SUBSCRIBE) for name in packet.filters]
    assert filters[1:7] == ["#", "+/+", "+/+/+/+/+", "$SYS/#", "fleet/#", "+/#"]
    assert {level for name in filters[7:] for level in name.split("/")} >= {*of.row.victims}
    assert {*types(line.up)} <= READING
    # Its bytes are counted.
    given = [len(packet.payload) for packet in line.given(PUBLISH)]
    assert 0.9 * sum(given) <= sum(row.size for row in of.told) <= sum(given)


def test_takeover_is_the_same_id_from_two_sides_in_a_loop(siege: Siege) -> None:
    of = siege["id_takeover"]
    (victim,) = of.victims
    thief = [line for line in of.lines if line.hello]
    owner = of.fray.lines_of[victim]
    assert {line.hello.client_id for line in [*thief, *owner] if line.hello} == {victim}
    assert planned(of, Connect) == pytest.approx(6, abs=1)  # 2/s for three seconds
    assert len(thief) >= 2  # and once more after each time that its victim comes back
    assert len(owner) >= 2  # it comes back
    assert any(line.ends[0] == (Way.DOWN, False) for line in owner)
    assert all({*types(line.up)} <= READING for line in thief)


def test_poison_is_retained_on_topics_of_others_and_taken_away_in_the_end(siege: Siege) -> None:
    of = siege["retained_poisoning"]
    sent = the_only(of).sent(PUBLISH)
    left, taken = sent[: len(sent) // 2], sent[len(sent) // 2 :]
    assert all(packet.retain for packet in sent)
    assert [packet.topic for packet in left] == [packet.topic for packet in taken]
    assert {packet.topic.split("/")[-2] for packet in left} == {*of.victims}
    commands = {msgspec.json.decode(packet.payload, type=Command).name for packet in left}
    assert commands == {"report_interval"}
    assert {packet.payload for packet in taken} == {b""}


def test_wills_of_others_are_left_and_connections_broken_off(siege: Siege) -> None:
    of = siege["will_abuse"]
    assert enough(len(of.lines), planned(of, Connect))
    assert planned(of, Connect) == pytest.approx(6, abs=1)  # every half second for three
    for line in of.lines:
        if not line.up:  # a busy machine had no time for it
            continue
        assert line.hello is not None
        assert line.hello.will_topic is not None
        assert {*line.hello.will_topic.split("/")} & {*of.victims}
        assert DISCONNECT not in types(line.up)
        assert line.ends[0][0] is Way.UP


class TestMalformed:
    """The capture: 866 connections in 371 s, RST in most, 52 odd topics, PUBLISH of up to 691 B."""

    def test_one_packet_a_connection_most_of_which_are_reset(self, siege: Siege) -> None:
        of = siege["malformed"]
        assert enough(len(of.lines), planned(of, Dial))
        assert planned(of, Dial) == pytest.approx(16 * 3, rel=0.1)
        assert sum(any(reset for _, reset in line.ends) for line in of.lines) > len(of.lines) / 2
        begun = [line for line in of.lines if line.up]
        assert all(types(line.up)[:2] == [CONNECT, SUBSCRIBE] for line in begun if len(line.up) > 2)
        assert all(len(line.up) <= 4 for line in begun)  # the odd one can be taken for two

    def test_some_begin_right_and_some_do_not(self, siege: Siege) -> None:
        lines = [line for line in siege["malformed"].lines if line.up]
        right = [line for line in lines if line.hello is not None]
        assert 0.3 * len(lines) < len(right) < len(lines)
        assert {None, PUBLISH, SUBSCRIBE} <= {kind for line in lines for kind in types(line.up)}

    def test_odd_topics_are_among_them_and_no_packet_is_longer_than_the_longest(self, siege: Siege) -> None:
        packets = siege["malformed"].packets
        begins = tuple(text(topic) for topic in ODD_TOPICS)
        assert sum(one.type is PUBLISH and one.body.startswith(begins) for one in packets)
        assert max(packet.size for packet in packets) <= 691


def test_oversize_is_a_ladder_to_past_the_cap_one_rung_a_connection(siege: Siege) -> None:
    lines = sorted(siege["oversize"].lines, key=lambda line: line.opened)
    sizes = [len(packet.payload) for line in lines for packet in line.sent(PUBLISH)]
    assert sizes == sorted(sizes)
    assert {*sizes} <= {1_024 << step for step in range(12)}
    assert enough(len(sizes), 12)
    assert all(types(line.up)[:3] == [CONNECT, SUBSCRIBE, PUBLISH] for line in lines if line.sent(PUBLISH))


def test_half_open_messages_are_begun_with_ids_of_their_own_and_never_released(
    badly: Siege, well: Siege
) -> None:
    for siege in (badly, well):
        line = the_only(siege["qos2_half_open"])
        begun = line.sent(PUBLISH)
        assert types(line.up) == [CONNECT, SUBSCRIBE, *[PUBLISH] * len(begun)]
        assert {packet.qos for packet in begun} == {2}
        assert len({packet.packet_id for packet in begun}) == len(begun)
        assert len(begun) > 20
    # Mosquitto 2 takes 20 unless told otherwise, and one more to find out.
    ended = the_only(badly["qos2_half_open"])
    assert len(ended.given(PacketType.PUBREC)) <= 21
    assert ended.ends[0][0] is Way.DOWN


def test_filters_are_many_and_overlap(siege: Siege) -> None:
    line = the_only(siege["subscription_exhaustion"])
    filters = [name for packet in line.sent(SUBSCRIBE) for name in packet.filters][1:]
    assert len(filters) == len({*filters}) == 1_000
    own = max(filters, key=lambda name: -name.count("+"))
    assert sum(topic_matches_sub(name, own) for name in filters) == 2 ** (own.count("/") + 1)
    assert sum("+" in name for name in filters) > 900
    assert {*types(line.up)} <= READING


def test_a_slow_subscriber_asks_for_all_and_answers_no_more(badly: Siege, well: Siege) -> None:
    line = the_only(badly["slow_subscriber"])
    assert "+/+/+/+/+" in line.sent(SUBSCRIBE)[-1].filters
    assert {*types(line.up)} == {CONNECT, SUBSCRIBE, PUBACK}
    last_answer = max(packet.at for packet in line.sent(PUBACK))
    heard = badly["slow_subscriber"].fray.lines
    later = [packet for each in heard for packet in each.sent(PUBLISH) if packet.at > last_answer]
    assert len(later) > 500  # the flood that comes when it reads no more
    assert not the_only(well["slow_subscriber"]).given(PUBLISH)


def test_replayed_packets_are_those_of_the_victim_to_the_last_byte(siege: Siege) -> None:
    of = siege["replay"]
    owners = [line for victim in of.victims for line in of.fray.lines_of[victim]]
    first = {(packet.topic, packet.payload) for line in owners for packet in line.sent(PUBLISH)}
    again = [packet for line in of.lines for packet in line.sent(PUBLISH)]
    assert len(again) == len(of.sent) > 100
    assert {(packet.topic, packet.payload) for packet in again} <= first


def test_sybils_are_many_ids_of_one_behaviour(siege: Siege) -> None:
    of = siege["sybil"]
    assert len(of.lines) == len({line.hello.client_id for line in of.lines if line.hello}) == 12
    said: dict[str, list[int]] = {}
    for line in of.lines:
        sent = of.published(line)
        said.setdefault(sent[0].topic.split("/")[1], []).append(len(sent))
        assert len({packet.topic.split("/")[2] for packet in sent}) == 1
    assert len(said) == 3
    assert all(max(counts) - min(counts) <= 2 for counts in said.values())


def test_a_breach_logs_in_as_a_service_and_copies_out_all_that_passes(siege: Siege) -> None:
    of = siege["breach"]
    line = the_only(of)
    assert line.hello is not None
    assert line.hello.username in (None, WITNESS)  # none where nobody is asked
    assert line.sent(SUBSCRIBE)[-1].filters == ["#"]
    assert {*types(line.up)} <= READING
    copied = [packet for packet in line.given(PUBLISH) if id_in(packet.payload) in of.fray.ids_heard]
    assert enough(len(copied), len(of.fray.heard))


def test_outsiders_never_ping_and_are_all_gone_in_the_end(siege: Siege) -> None:
    for fray in siege.frays:
        for row in fray.campaigns:
            if row.members[0].role is Role.OUTSIDER and row.kind != "malformed":
                of = Onslaught(fray, row)
                assert PacketType.PINGREQ not in types(of.packets), row.kind
                assert all(line.ends for line in of.lines)


@pytest.mark.parametrize("kind", ["oversize", "qos2_half_open", "publish_flood", "sybil"])
def test_whoever_connects_begins_as_devices_do(kind: str, siege: Siege) -> None:
    """Over raw connections as over others: the same CONNECT, and the same subscription behind it."""
    of = siege[kind]
    assert of.lines
    honest = {beginning(line) for line in honest_lines(of) if len(line.up) > 1}
    assert {beginning(line) for line in of.lines if len(line.up) > 1} <= honest


def beginning(line: Line) -> tuple[object, ...]:
    """What a connection begins with, but for names."""
    hello, first, second = line.hello, *line.up[:2]
    assert hello is not None
    assert hello.will_topic is not None
    will = hello.will_topic.split("/")
    (topic_filter,) = second.filters
    own = will[-2:] == [hello.client_id, "offline"]
    same = topic_filter.split("/") == [*will[:-1], "command"]
    return hello.protocol, hello.clean, hello.keep_alive, first.flags, own, same, second.body[-1:]
