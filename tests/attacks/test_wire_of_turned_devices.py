"""The shape of attacks by turned devices, as a wire between the fleet and a real Mosquitto saw it.

No capture has any of them. What is asked of them is that nothing tells but the abuse itself: connections,
packets and sizes are those of the device, and a label in the truth says which messages they are.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from wiretap import Line, Packet
from witnessed import Onslaught, Siege, id_in

from simulator.core.records import MessageTruth
from simulator.mqtt.codec.packet_type import PacketType

CONNECT, SUBSCRIBE, PUBLISH = PacketType.CONNECT, PacketType.SUBSCRIBE, PacketType.PUBLISH

SUBTLE = ("time_shift", "false_data", "slow_drift", "exfiltration", "firmware_spoof", "wrong_voice", "botnet")

SECRET_LETTERS = {*"abcdefghijklmnopqrstuvwxyz234567"}
"""Those of base 32."""


def line_of(of: Onslaught, member: str) -> Line:
    """The one connection of a device; a client that cleans up after the run has no will."""
    (line,) = (line for line in of.fray.lines_of[member] if line.hello and line.hello.will_topic)
    return line


def honest_lines(of: Onslaught) -> list[Line]:
    """The connections of devices that no attack of the load has turned."""
    honest = of.fray.stream.devices.keys() - of.fray.stream.compromised.keys()
    return [line for device in honest for line in of.fray.lines_of.get(device, []) if line.hello]


def abuse(of: Onslaught) -> list[tuple[Packet, dict[str, Any], MessageTruth]]:
    """The messages that are part of it, as they passed, with what is true of them."""
    truths = {sent.truth.id: sent.truth for sent in of.sent}
    found = []
    for member in of.members:
        for packet in of.published(line_of(of, member)):
            payload = json.loads(packet.payload)
            found.append((packet, payload, truths[payload["id"]]))
    return found


def written(payload: dict[str, Any]) -> int:
    """Bytes of a payload as devices write it."""
    return len(json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode())


@pytest.mark.parametrize("kind", SUBTLE)
def test_connections_and_packets_are_those_of_any_device(kind: str, siege: Siege) -> None:
    for of in siege.all_of(kind):
        usual = {line.up[0].size for line in honest_lines(of)}
        for member in of.members:
            line = line_of(of, member)
            mix = Counter(packet.type for packet in line.up)
            assert {*mix} <= {CONNECT, SUBSCRIBE, PUBLISH, PacketType.PUBACK, PacketType.DISCONNECT}
            assert mix[CONNECT] == mix[SUBSCRIBE] == 1
            assert {packet.qos for packet in line.sent(PUBLISH)} <= {1}
            assert line.up[0].size in usual


@pytest.mark.parametrize("kind", SUBTLE)
def test_the_label_names_exactly_what_passed(kind: str, siege: Siege) -> None:
    for of in siege.all_of(kind):
        on_the_wire = Counter(truth.id for _, _, truth in abuse(of))
        assert on_the_wire == Counter(of.ids)
        others = [packet for line in honest_lines(of) for packet in line.sent(PUBLISH)]
        assert not {id_in(packet.payload) for packet in others} & of.ids


def test_shifted_times_are_as_long_as_right_ones_and_an_hour_off(siege: Siege) -> None:
    of = siege["time_shift"]
    start = of.fray.stream.scenario.start.timestamp()
    found = abuse(of)
    assert len(found) > 10
    for packet, payload, truth in found:
        observed = start + truth.observed
        assert datetime.fromisoformat(payload["time"]).timestamp() == pytest.approx(observed - 3_600, abs=1.0)
        assert len(packet.payload) == truth.size
    lengths = {len(payload["time"]) for _, payload, _ in found}
    assert lengths <= {len(payload["time"]) for payload in honest_payloads(of)}


def honest_payloads(of: Onslaught) -> list[dict[str, Any]]:
    """What devices say that are not turned."""
    honest = {row.id for row in of.fray.messages if row.attack is None}
    return [json.loads(m.payload) for m in of.fray.heard if id_in(m.payload) in honest]


def test_false_numbers_jump_and_take_as_much_room(siege: Siege) -> None:
    found = abuse(siege["false_data"])
    assert len(found) > 10
    for _, payload, truth in found:
        clean = clean_of(truth)
        assert {*clean} <= {*payload}
        for name, value in clean.items():
            if abs(value) > 10:
                assert payload[name] / value == pytest.approx(1.5, abs=0.06)
        assert abs(written(payload | clean) - written(payload)) <= 2 * len(clean)


def test_a_drift_is_under_the_noise_and_grows(siege: Siege) -> None:
    """After the two hours of the load a number is less than four hundredths off."""
    of = siege["slow_drift"]
    shares: dict[str, list[tuple[float, float]]] = {}
    for _, payload, truth in abuse(of):
        for name, value in clean_of(truth).items():
            if abs(value) > 100:
                shares.setdefault(f"{truth.device} {name}", []).append((truth.at, payload[name] / value - 1))
    drifts = [share for each in shares.values() for _, share in each]
    assert drifts
    assert all(0 <= share <= 0.04 for share in drifts)
    for each in shares.values():
        slopes = [share / ((at - of.row.at) / 3_600) for at, share in each if share > 0.01]
        assert all(slope == pytest.approx(0.02, abs=0.006) for slope in slopes)


def test_a_field_carries_one_to_ten_bytes_of_base_32_a_message(siege: Siege) -> None:
    of = siege.all_of("exfiltration")[0]
    found = abuse(of)
    assert len(found) > 100
    for packet, payload, _ in found:
        piece = payload.pop("trace")
        assert 1 <= len(piece) <= 8
        assert {*piece} <= SECRET_LETTERS
        assert len(packet.payload) == written(payload) + len(f',"trace":"{piece}"')


def test_low_bits_carry_it_in_no_room_at_all(siege: Siege) -> None:
    of = siege.all_of("exfiltration")[1]
    found = abuse(of)
    assert len(found) > 50
    for packet, payload, truth in found:
        assert abs(written(payload | clean_of(truth)) - len(packet.payload)) <= 1
        assert payload.keys().isdisjoint({"trace"})


def test_an_older_version_is_announced_once_and_is_text(siege: Siege) -> None:
    of = siege["firmware_spoof"]
    found = abuse(of)
    assert Counter(truth.device for _, _, truth in found) == dict.fromkeys(of.members, 1)
    usual = {payload["version"] for payload in honest_payloads(of) if "version" in payload}
    for packet, payload, _ in found:
        assert packet.topic.endswith("/firmware")
        assert payload["version"] == "0.9.0"
        assert all(payload["version"] < version for version in usual)


def test_an_order_follows_a_wake_word_and_does_not_say_whose_voice_it_was(siege: Siege) -> None:
    of = siege["wrong_voice"]
    for member in of.members:
        line = line_of(of, member)
        orders = [of.published(line)[number::3] for number in range(3)]
        assert len(orders[2]) > 5
        for sent, event in zip(orders, ("wake", "utterance", "voice_purchase"), strict=True):
            assert {packet.topic.rpartition("/")[2] for packet in sent} == {event}
        assert not [packet for packet in line.up if b"television" in packet.body or b"child" in packet.body]
    assert {str(truth.facts["voice"]) for _, _, truth in abuse(of) if truth.facts} == {"television"}


def test_a_botnet_beats_as_one_and_then_floods_over_the_connections_that_it_has(siege: Siege) -> None:
    of = siege["botnet"]
    assert len(of.members) == 20
    beat, flood = of.row.phases
    counts = [len(of.published(line_of(of, member))) for member in of.members]
    assert max(counts) - min(counts) <= 1
    beats = Counter(truth.at for _, _, truth in abuse(of) if truth.at < beat.until)
    assert beats == dict.fromkeys((1.0, 2.0, 3.0), 20)
    flooded = sum(truth.at >= flood.at for _, _, truth in abuse(of))
    assert flooded == pytest.approx(400 * (flood.until - flood.at), rel=0.1)


def clean_of(truth: MessageTruth) -> dict[str, Any]:
    """What was measured, of what was changed."""
    assert truth.facts is not None
    clean = truth.facts["clean"]
    assert isinstance(clean, dict)
    return clean
